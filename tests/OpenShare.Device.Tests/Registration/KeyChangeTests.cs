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

/// <summary>The organisation changes its keys: how that reaches a device's flows from a peer or the service, and goes on to the next device.</summary>
public sealed class KeyChangeTests : DeviceRig
{
    private static readonly IPAddress Here = IPAddress.Parse("10.0.0.1");

    private readonly MemoryNetwork _network = new();
    private readonly DeviceIdentity _self;
    private DeviceContext _device = null!;
    private ITransportListener? _listener;
    private IActorRef[] _flows = [];

    public KeyChangeTests()
    {
        _self = Organisation.Enroll("self");
        Keys.Save((SigningKey)_self.Key);
        Registration.Save(new RegistrationRecord(Server, _self.Certificate, Organisation.Chain, Organisation.DiscoveryKeys, null));
    }

    [Fact]
    public async Task What_a_peer_handed_on_is_handed_on_to_the_next_also_after_a_restart()
    {
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        var third = Organisation.Enroll("third");
        Organisation.Rotate(Start);
        Organisation.Rotate(Start, crl: true);
        await StartDevice();

        Assert.IsType<HandshakeOutcome.Open>((await Dial(Organisation.Enroll("ahead"))).Outcome);
        await Certified(c => c.Identity.Trust.Version == 3);
        await StopDevice();
        await StartDevice();

        var (outcome, offered) = await Dial(third);
        Assert.IsType<HandshakeOutcome.Open>(outcome);
        Assert.Equal([2u, 3u], third.Chain.Follow(offered!.Links).Roots.Skip(1).Select(r => r.Version));
    }

    [Fact]
    public async Task A_device_whose_issuing_key_was_withdrawn_learns_it_from_a_peer_that_refuses_it_and_renews()
    {
        await StartDevice(RevocationPace.OnDemand);
        Organisation.Rotate(Start, issuing: true);
        var ahead = Organisation.Enroll("ahead");

        var refused = Assert.IsType<HandshakeOutcome.Failed>((await Dial(ahead)).Outcome).Failure;
        Assert.Equal(RefusalCode.BadCertificate, Assert.IsType<HandshakeFailure.Refused>(refused).Code);
        await Certified(c => c.Identity.IsWithdrawn);
        // The timer of the renewal is set by the time this is answered.
        await _flows[0].Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration());
        Advance(TimeSpan.FromMilliseconds(1));
        await Certified(c => !c.Identity.IsWithdrawn);
        await _flows[2].Ask<System.Collections.Immutable.ImmutableArray<PeerView>>(new PeerQueries.GetPeers());

        Assert.IsType<HandshakeOutcome.Open>((await Dial(ahead)).Outcome);
    }

    [Fact]
    public async Task A_change_of_keys_at_the_service_reaches_a_device_by_its_revocation_flow()
    {
        Organisation.Rotate(Start, issuing: true, crl: true);
        Service.Publish(Organisation.Revoke());

        await StartDevice();

        await Certified(c => c.Identity.Trust.Version == 2);
        await Events.FishForMessageAsync<RevocationEvents.RevocationChanged>(m => m.List is { Version: 1 }, TimeSpan.FromSeconds(10));
        Assert.Equal(2u, Registration.Load()!.Trust.Newest.Version);
        Assert.Equal(1UL, Lists.Load(Organisation.Trust)!.Version);
    }

    [Fact]
    public async Task A_withdrawn_key_of_revocation_lists_frees_whom_its_lists_revoked()
    {
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        var peer = Organisation.Enroll("peer");
        // Made by whoever stole the key.
        Lists.Save(Organisation.Revoke(peer));
        Organisation.Rotate(Start, crl: true);
        await StartDevice();
        Assert.Equal(RefusalCode.Revoked, Refusal(await Dial(peer)));

        await Dial(Organisation.Enroll("ahead"));
        await Certified(c => c.Identity.Trust.Version == 2);
        await Events.FishForMessageAsync<RevocationEvents.RevocationChanged>(m => m.List is null, TimeSpan.FromSeconds(10));
        await _flows[2].Ask<System.Collections.Immutable.ImmutableArray<PeerView>>(new PeerQueries.GetPeers());

        Assert.IsType<HandshakeOutcome.Open>((await Dial(peer)).Outcome);
    }

    [Fact]
    public async Task An_attacker_with_a_trust_root_of_its_own_moves_nobody()
    {
        Service.Down = new ServiceFailure.Unreachable("Nothing listens there.");
        await StartDevice();
        var attackers = new TestOrganisation(9, Start);
        attackers.Rotate(Start);

        Assert.IsType<HandshakeOutcome.Failed>((await Dial(attackers.Enroll("mallory"))).Outcome);

        var identity = (await _flows[0].Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration())).Identity!;
        Assert.Equal(Organisation.Trust.Link, identity.Trust.Link);
        Assert.Equal(1u, Registration.Load()!.Trust.Newest.Version);
    }

    private async Task StartDevice(RevocationPace? pace = null)
    {
        var host = _network.Host(Here);
        _listener = host.Listen(new IPEndPoint(IPAddress.Any, 0));
        _device = Context with { Transport = host, Events = new DeviceEventBus() };
        _device.Events.Subscribe<RegistrationEvents.Certified>(Events.Ref);
        _device.Events.Subscribe<RevocationEvents.RevocationChanged>(Events.Ref);
        var peers = Sys.ActorOf(PeersActor.Props(_device, new MemoryPeerStore(), _listener));
        var registration = Sys.ActorOf(RegistrationActor.Props(_device, "self", Keys, Registration, Service));
        // It listens once it answers. A service in memory may otherwise be quicker, and its back-off stands still here.
        await registration.Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration());
        var revocation = Sys.ActorOf(RevocationActor.Props(_device, Registration, Lists, Service, pace ?? RevocationPace.Default));
        _flows = [registration, revocation, peers];
        await revocation.Ask<RevocationView>(new RevocationCommands.GetRevocation());
        peers.Tell(new PeerCommands.Start());
        await peers.Ask<System.Collections.Immutable.ImmutableArray<PeerView>>(new PeerQueries.GetPeers());
    }

    private async Task StopDevice()
    {
        foreach (var flow in _flows)
            await Stop(flow);
        _listener!.Dispose();
    }

    private async Task Certified(Func<RegistrationEvents.Certified, bool> what) =>
        await Events.FishForMessageAsync<RegistrationEvents.Certified>(m => what(m), TimeSpan.FromSeconds(10));

    private static RefusalCode Refusal((HandshakeOutcome Outcome, RegistrationEvents.TrustRootOffered? Offered) dialled) =>
        Assert.IsType<HandshakeFailure.RefusedByPeer>(Assert.IsType<HandshakeOutcome.Failed>(dialled.Outcome).Failure).Code;

    /// <summary>A peer dials the device; with it come the trust roots that it was shown and followed, if any.</summary>
    private async Task<(HandshakeOutcome Outcome, RegistrationEvents.TrustRootOffered? Offered)> Dial(DeviceIdentity peer)
    {
        var context = Context with { Transport = _network.Host(IPAddress.Parse("10.0.0.2")), Events = new DeviceEventBus() };
        var heard = CreateTestProbe();
        context.Events.Subscribe<RegistrationEvents.TrustRootOffered>(heard.Ref);
        var party = new HandshakeParty(peer.Key, peer.Certificate, peer.Chain, null, new HashSet<DeviceId>(), TimeFloor.None);
        var outcome = await new HandshakeRunner(context, party).DialAsync(
            new IPEndPoint(Here, _listener!.LocalEndPoint.Port), _self.DeviceId, Authentication.Types.Purpose.Link, mayConclude: null, default);
        return (outcome, heard.HasMessages ? await heard.ExpectMsgAsync<RegistrationEvents.TrustRootOffered>() : null);
    }
}
