using System.Net;
using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Views;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Registration;

/// <summary>
/// A device's registration, revocation and peers flows over one database, and a clock that somebody sets back a year
/// after something newer was verified.
/// </summary>
public sealed class ClockSetBackTests : DeviceRig
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly MemoryNetwork _network = new();
    private readonly DeviceIdentity _self;
    private readonly DeviceIdentity _expired;
    private DeviceContext _device;
    private ITransportListener? _listener;

    public ClockSetBackTests()
    {
        _self = Organisation.Enroll("self", at: Start - 2 * Year, lifetime: 4 * Year);
        // It ended a month ago.
        _expired = Organisation.Enroll("expired", at: Start - 2 * Year, lifetime: 2 * Year - TimeSpan.FromDays(30));
        Keys.Save((SigningKey)_self.Key);
        Registration.Save(new RegistrationRecord(Server, _self.Certificate, Organisation.Chain, Organisation.DiscoveryKeys, null));
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        _device = Boot();
    }

    [Fact]
    public async Task A_clock_set_back_before_anything_newer_was_verified_is_believed()
    {
        // What the floor is there for: without it the certificate of last year would be good again.
        Time.Set(-Year);
        await using var device = await StartDevice();

        Assert.IsType<HandshakeOutcome.Open>(await Dial(_expired));
    }

    [Fact]
    public async Task After_a_revocation_list_an_expired_peer_stays_expired()
    {
        await using var device = await StartDevice();
        _device.Events.Publish(new PeerEvents.RevocationOffered(_self.DeviceId, Organisation.Revoke().Blob));
        await Floor(Start);

        Time.Set(-Year);

        Assert.Equal(RefusalCode.Expired, await Refusal(_expired));
    }

    [Fact]
    public async Task After_a_peer_with_a_newer_certificate_an_expired_one_stays_expired_and_the_device_knows_it_of_itself()
    {
        var newer = Organisation.Enroll("newer");
        await using var device = await StartDevice();
        Assert.IsType<HandshakeOutcome.Open>(await Dial(newer));
        await Floor(newer.Certificate.IssuedAt);

        Time.Set(-Year);

        Assert.Equal(RefusalCode.Expired, await Refusal(_expired));
        var snapshot = await device.Registration.Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration());
        Assert.Equal(newer.Certificate.IssuedAt, snapshot.Floor.At(Context.Now));
    }

    [Fact]
    public async Task A_restart_forgets_nothing_of_it()
    {
        var newer = Organisation.Enroll("newer");
        await using (await StartDevice())
        {
            Assert.IsType<HandshakeOutcome.Open>(await Dial(newer));
            await Floor(newer.Certificate.IssuedAt);
        }

        Time.Set(-Year);
        _device = Boot();
        await using var again = await StartDevice();

        Assert.Equal(RefusalCode.Expired, await Refusal(_expired));
        Assert.Equal(newer.Certificate.IssuedAt, Registration.TimeFloor);
    }

    [Fact]
    public async Task A_list_that_was_stale_is_stale_with_the_clock_set_back()
    {
        Lists.Save(Organisation.Revoke());
        await using var device = await StartDevice();
        // Its successor was due a day after it.
        _device.Events.Publish(new PeerEvents.PeerProven(Organisation.Enroll("newer", at: Start.AddDays(2)).Certificate));
        await Floor(Start.AddDays(2) - ClockSkew.Allowed);

        Time.Set(-Year);

        Assert.True((await device.Revocation.Ask<RevocationView>(new RevocationCommands.GetRevocation())).IsStale);
    }

    [Fact]
    public async Task The_renewal_is_due_by_what_was_verified()
    {
        Time.Set(-Year);
        await using var device = await StartDevice();
        Assert.DoesNotContain("challenge", Service.Calls);

        // Two thirds of four years and a twelfth (by when the renewal is due, however its time was drawn), less the two that are over.
        _device.Events.Publish(new PeerEvents.PeerProven(Organisation.Enroll("newer", at: Start.AddDays(370)).Certificate));
        await Floor(Start.AddDays(370) - ClockSkew.Allowed);
        // The floor is told of before the timer is set: who answers has set it.
        await device.Registration.Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration());
        var asked = Service.Calls.Count(c => c == "trust-root");
        Advance(TimeSpan.FromMilliseconds(1));

        await AwaitAssertAsync(() => Assert.True(Service.Calls.Count(c => c == "trust-root") > asked), TimeSpan.FromSeconds(10));
    }

    // A context of its own for each start: events of the one before are no states of the next.
    private DeviceContext Boot()
    {
        _listener?.Dispose();
        var host = _network.Host(IPAddress.Parse("10.0.0.1"));
        _listener = host.Listen(new IPEndPoint(IPAddress.Any, 0));
        var context = Context with { Transport = host, Events = new DeviceEventBus() };
        context.Events.Subscribe<RegistrationEvents.TimeFloorRaised>(Events.Ref);
        return context;
    }

    private async Task<RunningDevice> StartDevice()
    {
        var peers = Sys.ActorOf(PeersActor.Props(_device, new MemoryPeerStore(), _listener));
        var revocation = Sys.ActorOf(RevocationActor.Props(_device, Registration, Lists, Service, RevocationPace.Default));
        var registration = Sys.ActorOf(RegistrationActor.Props(_device, "self", Keys, Registration, Service));
        // The registration tells the peers before it answers, and they hear it before they are asked.
        await registration.Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration());
        await revocation.Ask<RevocationView>(new RevocationCommands.GetRevocation());
        peers.Tell(new PeerCommands.Start());
        await peers.Ask<System.Collections.Immutable.ImmutableArray<PeerView>>(new PeerQueries.GetPeers());
        return new RunningDevice(this, registration, revocation, peers);
    }

    private async Task Floor(DateTimeOffset at) =>
        await Events.FishForMessageAsync<RegistrationEvents.TimeFloorRaised>(m => m.Floor.IssuedAt == at, TimeSpan.FromSeconds(10));

    private async Task<RefusalCode> Refusal(DeviceIdentity peer) =>
        Assert.IsType<HandshakeFailure.RefusedByPeer>(Assert.IsType<HandshakeOutcome.Failed>(await Dial(peer)).Failure).Code;

    /// <summary>A peer whose own clock stands so that it minds nothing dials the device.</summary>
    private async Task<HandshakeOutcome> Dial(DeviceIdentity peer)
    {
        var context = Context with { Transport = _network.Host(IPAddress.Parse("10.0.0.2")), Events = new DeviceEventBus() };
        var party = new HandshakeParty(peer.Key, peer.Certificate, peer.Chain, null, new HashSet<DeviceId>(), TimeFloor.None);
        return await new HandshakeRunner(context, party)
            .DialAsync(new IPEndPoint(IPAddress.Parse("10.0.0.1"), _listener!.LocalEndPoint.Port), _self.DeviceId, Authentication.Types.Purpose.Link, mayConclude: null, default);
    }

    private sealed class RunningDevice(ClockSetBackTests tests, IActorRef registration, IActorRef revocation, IActorRef peers) : IAsyncDisposable
    {
        public IActorRef Registration => registration;

        public IActorRef Revocation => revocation;

        public async ValueTask DisposeAsync()
        {
            foreach (var actor in new[] { registration, revocation, peers })
                await tests.Stop(actor);
        }
    }
}
