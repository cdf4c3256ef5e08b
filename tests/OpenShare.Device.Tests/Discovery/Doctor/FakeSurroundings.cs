using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Discovery.Doctor;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Tests.Discovery.Doctor;

/// <summary>A device and its network that are whatever the test says they are, and note what was asked of them.</summary>
internal sealed class FakeSurroundings : IDoctorHost, IReachability, IHelperPackets, IServiceCheck, IDoctorDevice
{
    internal static readonly HostInterface Lan = new(2, "eth0", InterfaceKind.Ordinary, [new AddressFacts(IPAddress.Parse("10.77.0.1"), 24)]);

    private readonly TestOrganisation _organisation = new(1, DateTimeOffset.UtcNow);

    internal FakeSurroundings() => Self = _organisation.Enroll("alice");

    internal DeviceIdentity? Self { get; set; }

    internal Func<ImmutableArray<KnownDevice>> Devices { get; set; } = () => [];

    internal Func<IPEndPoint, Connecting> Connects { get; set; } = _ => Connecting.NoAnswer;

    internal Func<DeviceId, DialBackOutcome> DialsBack { get; set; } = _ => DialBackOutcome.NoLink;

    internal Func<IPEndPoint, AddressResolution> Resolves { get; set; } = _ => throw new TimeoutException();

    internal ImmutableArray<InterfaceFacts> Heard { get; set; } = [];

    internal ServiceCheckResult Service { get; set; } = new(new ServerFacts.Answers(new Uri("https://registration.example")), DateTimeOffset.UtcNow);

    internal ConcurrentQueue<IPEndPoint> Connected { get; } = [];

    internal ConcurrentQueue<IPEndPoint> Resolved { get; } = [];

    /// <summary>What counts as this host's own.</summary>
    internal IReadOnlySet<IPAddress> Own { get; private set; } = new HashSet<IPAddress>();

    internal ImmutableArray<HostInterface> Networks { get; init; } = [Lan];

    internal int DevicesAsked { get; private set; }

    public DoctorPlatform Platform => DoctorPlatform.Linux;

    public HostFirewall Firewall => HostFirewall.Ufw;

    public ListeningFacts Listening => new ListeningFacts.Open(4800);

    public bool IsAgentRunning => true;

    public ImmutableArray<string> WantedInterfaces { get; init; } = [];

    public ImmutableArray<HostInterface> Interfaces() => Networks;

    public (string Interface, IPAddress? Gateway)? WayOut(ImmutableArray<HostInterface> interfaces) => ("eth0", IPAddress.Parse("10.77.0.3"));

    public Task<Connecting> Connect(IPEndPoint endPoint, CancellationToken cancellation)
    {
        Connected.Enqueue(endPoint);
        return Task.FromResult(Connects(endPoint));
    }

    public Task<Presence> LookFor(IPAddress address, CancellationToken cancellation) => Task.FromResult(Presence.Silent);

    public async Task<ImmutableArray<InterfaceFacts>> Ask(ImmutableArray<HostInterface> interfaces, IReadOnlySet<IPAddress> own, Func<ImmutableArray<InterfaceFacts>, bool> isEnough, CancellationToken cancellation)
    {
        Own = own;
        while (!isEnough(Heard) && !cancellation.IsCancellationRequested)
            await Task.Delay(1, CancellationToken.None);
        return Heard;
    }

    public Task<ServiceCheckResult> Ask(ServiceContact contact, TrustChain? trust, DateTimeOffset now, CancellationToken cancellation) => Task.FromResult(Service);

    public Task<RegistrationSnapshot> GetRegistration(CancellationToken cancellation) => Task.FromResult(new RegistrationSnapshot(
        DeviceId.FromBytes(new byte[16]), Self is null ? new RegistrationState.Unregistered() : new RegistrationState.Certified(Self.Server), Self, TimeFloor.None, ""));

    public Task<RegistrationRecord?> GetRecord() => Task.FromResult(
        Self is null ? null : new RegistrationRecord(Self.Server, Self.Certificate, Self.Chain, Self.DiscoveryKeys, ServerTrust: null));

    public Task<RevocationKnowledge> GetRevocationList(CancellationToken cancellation) => Task.FromResult(new RevocationKnowledge(1, IsStale: false, IsRevokedHere: false));

    public Task<ImmutableArray<KnownDevice>> GetDevices(CancellationToken cancellation)
    {
        DevicesAsked++;
        return Task.FromResult(Devices());
    }

    public Task<DialBackOutcome> AskDialBack(DeviceId device, int port, CancellationToken cancellation) => Task.FromResult(DialsBack(device));

    public Task<AddressResolution> Resolve(IPEndPoint endPoint, CancellationToken cancellation)
    {
        Resolved.Enqueue(endPoint);
        return Task.FromResult(Resolves(endPoint));
    }
}
