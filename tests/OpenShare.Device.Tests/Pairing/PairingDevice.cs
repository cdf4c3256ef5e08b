using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.TestKit;
using OpenShare.Device.Discovery;
using OpenShare.Device.Discovery.Memory;
using OpenShare.Device.Hosting;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Pairing;

/// <summary>A whole device on a network in memory that carries no announcement, with no server in reach.</summary>
internal sealed class PairingDevice : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestKitBase _kit;
    private readonly MemoryNetwork _network;
    private readonly TestOrganisation _organisation;
    private readonly IPAddress _address;
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryKeyStore _keys = new();
    private readonly Microsoft.Data.Sqlite.SqliteConnection _keepsMemory;
    private readonly string _database;
    private ITransportListener _listener = null!;

    /// <param name="certified">null: it has no certificate</param>
    public PairingDevice(TestKitBase kit, MemoryNetwork network, TestOrganisation organisation, string name, string address, DeviceIdentity? certified)
    {
        (_kit, _network, _organisation, _address, Name) = (kit, network, organisation, IPAddress.Parse(address), name);
        Key = certified is null ? SigningKey.Create(new SystemRandom()) : (SigningKey)certified.Key;
        _keys.Save(Key);
        _database = $"Data Source=pairing-{Guid.NewGuid():N};Mode=Memory;Cache=Shared;Pooling=False";
        _keepsMemory = new Microsoft.Data.Sqlite.SqliteConnection(_database);
        _keepsMemory.Open();
        Start(certified, port: 0);
    }

    public string Name { get; }

    public SigningKey Key { get; }

    public DeviceId Id => DeviceId.FromPublicKey(Key.PublicKey.Bytes);

    public PairingCode Code => PairingCode.Of(Key.PublicKey);

    public DeviceContext Context { get; private set; } = null!;

    public DeviceDatabase Database { get; private set; } = null!;

    public TestProbe Events { get; private set; } = null!;

    public IActorRef Actor { get; private set; } = null!;

    public IPEndPoint Address => _listener.LocalEndPoint;

    /// <summary>As a process that ends and starts again on what is on disk.</summary>
    public async Task RestartAsync()
    {
        await Actor.GracefulStop(Patience);
        Close();
        Start(certified: null, Address.Port);
    }

    public async Task<PairingToken> InviteAsync(PairingDevice other, ProvisionalScope scope = ProvisionalScope.Account) =>
        Assert.IsType<InviteOutcome.Invited>(await Actor.Ask<InviteOutcome>(new PairingCommands.Invite(other.Code, scope, [Address]), Patience)).Token;

    public async Task<PairingRefusal> InviteInVainAsync(PairingDevice other) =>
        Assert.IsType<InviteOutcome.Refused>(await Actor.Ask<InviteOutcome>(new PairingCommands.Invite(other.Code, ProvisionalScope.Account, [Address]), Patience)).Refusal;

    public async Task<JoinOutcome> JoinAsync(PairingToken token, string? fingerprint = "") => Assert.IsAssignableFrom<JoinOutcome>(await Actor.Ask<object>(
        new PairingCommands.Join(token, Key, token.Addresses, fingerprint is "" ? token.Sponsor.PublicKey.KeyId : fingerprint), Patience));

    public async Task<WithdrawOutcome> WithdrawAsync(PairingDevice other) => await Actor.Ask<WithdrawOutcome>(new PairingCommands.Withdraw(other.Id), Patience);

    public async Task<PeerTrust?> TrustInAsync(PairingDevice other) =>
        (await Actor.Ask<ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), Patience)).FirstOrDefault(p => p.DeviceId == other.Id)?.Trust;

    public void Connect(PairingDevice other) => PeersOf(this).Tell(new PeerCommands.Connect(other.Id));

    public void Learn(RevocationList list) => Context.Events.Publish(new PeerEvents.RevocationOffered(Id, list.Blob));

    public async Task<T> Hears<T>(Predicate<T>? which = null) => await Events.FishForMessageAsync(which ?? (_ => true), Patience);

    /// <summary>Asks to be paired as a program of its own would, and does not store what it gets.</summary>
    public async Task<PairingAnswer?> AskByHandAsync(PairingDevice sponsor, PairingToken token)
    {
        var outcome = await new HandshakeRunner(Context, Introduction.Of(Key, Name, Context.Instance, Context.Now))
            .DialAsync(sponsor.Address, sponsor.Id, Authentication.Types.Purpose.Pairing, mayConclude: null, default);
        var open = Assert.IsType<HandshakeOutcome.Open>(outcome);
        using var line = new PairingLine(open.Control, open.Result.Session.Id);
        var machine = new JoinMachine(Context.Random);
        Handle(new JoinInput.Begin(token, Key.PublicKey, null, null, token.Sponsor.PublicKey.KeyId));
        Handle(new JoinInput.Connected(line.Session));
        while (await line.HearAsync().WaitAsync(Patience) is { } heard)
        {
            if (heard.PairingAnswer is { } answer)
                return answer;
            Handle(new JoinInput.Heard(heard));
        }
        return null;

        void Handle(JoinInput input)
        {
            foreach (var send in machine.Handle(input, Context.Steady, Context.Now).OfType<JoinEffect.Send>())
                line.Send(send.Message);
        }
    }

    /// <summary>Offers to pair a device that shows itself, as a program of its own would.</summary>
    /// <returns>what that says first</returns>
    public async Task<Control?> OfferByHandAsync(PairingDevice other, PairingToken token)
    {
        var outcome = await new HandshakeRunner(Context, Introduction.Of(Key, Name, Context.Instance, Context.Now))
            .DialAsync(other.Address, other.Id, Authentication.Types.Purpose.Pairing, mayConclude: null, default);
        var open = Assert.IsType<HandshakeOutcome.Open>(outcome);
        using var line = new PairingLine(open.Control, open.Result.Session.Id);
        line.Send(new Control { PairingOffer = new PairingOffer { Token = token.Blob } });
        return await line.HearAsync().WaitAsync(Patience);
    }

    /// <summary>Joins with somebody at the screen, who compares the code where he is asked.</summary>
    public Task<object> JoinAttendedAsync(PairingToken token) =>
        Actor.Ask<object>(new PairingCommands.Join(token, Key, token.Addresses, Fingerprint: null) { IsAttended = true }, Patience);

    public async Task<Comparison> ComparisonAsync(Predicate<Comparison> which)
    {
        var heard = await Hears<PairingEvents.ComparisonsChanged>(m => m.Comparisons.Any(c => which(c)));
        return heard.Comparisons.Last(c => which(c));
    }

    public async Task<bool> CompareAsync(Comparison comparison, bool isSame) =>
        (await Actor.Ask<PairingCommands.ComparisonTaken>(new PairingCommands.Compare(comparison.Number, isSame), Patience)).IsKnown;

    public async Task<bool> ShowsItselfAsync() => (await Actor.Ask<PairingCommands.Showing>(new PairingCommands.Show(Key), Patience)).Until is not null;

    /// <summary>As though an announcement had come.</summary>
    public void Sees(PairingDevice other) => Context.Events.Publish(new DiscoveryEvents.UnpairedChanged(
        [new PeerSighting(other.Id, other.Name, other.Key.PublicKey.ShortFingerprint, new PeerPlace("there", other.Address.Port, [other.Address.Address]), FoundBy.Mdns, TimeSpan.Zero)]));

    public Task<InviteOutcome> InviteFoundAsync(PairingDevice other) =>
        Actor.Ask<InviteOutcome>(new PairingCommands.InviteFound(other.Id, ProvisionalScope.Account, [Address]), Patience);

    public void Dispose()
    {
        Close();
        _keepsMemory.Dispose();
        _folder.Dispose();
    }

    private static ActorSelection PeersOf(PairingDevice device) => device._kit.Sys.ActorSelection(device.Actor.Path / "peers");

    private void Close()
    {
        _listener.Dispose();
        Database.Dispose();
    }

    private void Start(DeviceIdentity? certified, int port)
    {
        Database = DeviceDatabase.OpenConnection(_database, "in memory");
        if (certified is not null)
            Database.Registration.Save(new RegistrationRecord(certified.Server, certified.Certificate, certified.Chain, certified.DiscoveryKeys, ServerTrust: null));
        Context = new DeviceContext(TimeProvider.System, new SystemRandom(), new Workers(2), new MemoryTransport(_network, _address), new DeviceEventBus());
        _listener = Context.Transport.Listen(new IPEndPoint(_address, port));
        Events = _kit.CreateTestProbe();
        Context.Events.Subscribe<IDeviceEvent>(Events.Ref);
        var service = new FakeRegistrationService(_organisation, DateTimeOffset.UtcNow) { Down = new Protocol.Registration.ServiceFailure.Unreachable("There is no server here.") };
        var adapters = new DeviceAdapters(
            Context, _keys, Database, new LocalDisk(), service, _listener, () => new MemoryMulticast().Attach(_address), RevocationPace.OnDemand);
        Actor = _kit.Sys.ActorOf(DeviceActor.Props(adapters, new DeviceSettings(Name, AdvertisedPort: null, [], AcceptPolicy.Own, _folder["inbox"])));
        // Once these are answered it has its key, what is on disk is in force, its peers hear of others, and it takes who asks to be paired.
        Actor.Ask<ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), Patience).Wait();
        Actor.Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration(), Patience).Wait();
        Actor.Ask<WithdrawOutcome>(new PairingCommands.Withdraw(Id), Patience).Wait();
    }
}
