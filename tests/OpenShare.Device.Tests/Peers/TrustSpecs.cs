using System.Net;
using Akka.Actor;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>What a newer trust root, or a later time, does to links.</summary>
public abstract class TrustSpecs : PeersKit
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_device_behind_follows_the_trust_root_of_its_peer_and_says_so(bool diallerIsBehind)
    {
        var behind = Start("behind", "127.0.0.1");
        Organisation.Rotate(StartTime);
        var ahead = Start("ahead", "127.0.0.2");
        var (dialler, dialled) = diallerIsBehind ? (behind, ahead) : (ahead, behind);
        See(dialler, dialled);
        dialler.Peers.Tell(new PeerCommands.Connect(dialled.Identity.DeviceId));

        var offered = await behind.Events.FishForMessageAsync<RegistrationEvents.TrustRootOffered>(_ => true, TimeSpan.FromSeconds(10));

        Assert.Equal([Organisation.Trust.Link], offered.Links);
        await behind.Events.FishForMessageAsync<PeerEvents.LinkOpened>(_ => true, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_link_opens_on_a_certificate_that_only_the_newer_trust_root_vouches_for_before_that_is_adopted()
    {
        var behind = Organisation.Enroll("behind");
        Organisation.Rotate(StartTime, issuing: true);
        // Its own certificate is renewed, and its trust roots are not.
        var (a, b) = (Start(Organisation.Enroll("renewed") with { Chain = behind.Chain }, "127.0.0.1"), Start("b", "127.0.0.2"));

        var (atA, _) = await Link(a, b);
        a.Context.Events.Publish(new RegistrationEvents.TimeFloorRaised(new TimeFloor(StartTime)));
        a.Peers.Tell(new PeerCommands.SendControl(b.Identity.DeviceId, atA.Link, new Control { PageWanted = new PageWanted { PageIndex = 7 } }));

        // Judged again by the older trust root, the link would be cut.
        await b.Events.FishForMessageAsync<PeerEvents.ControlReceived>(_ => true, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_live_link_is_cut_when_the_issuing_key_of_its_peer_is_withdrawn_and_refused_until_that_has_renewed()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        await Link(a, b);
        Organisation.Rotate(StartTime, issuing: true);

        var renewed = Renewed(b);
        b.Context.Events.Publish(new RegistrationEvents.Certified(renewed));

        await b.Events.FishForMessageAsync<PeerEvents.LinkClosed>(_ => true, TimeSpan.FromSeconds(10));
        var failed = await a.Events.FishForMessageAsync<PeerEvents.LinkFailed>(_ => true, TimeSpan.FromSeconds(10));
        Assert.Equal((LinkRefusal.BadCertificate, true, true), (failed.Problem.Refusal, failed.Problem.ByPeer, failed.WillRetry));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_device_that_refuses_under_a_stale_list_links_once_it_has_a_newer_one(bool refuserDials)
    {
        var stale = Organisation.Revoke();
        var (a, b) = (Start(Organisation.Enroll("careful"), "127.0.0.1", staleList: StaleListRule.Refuse), Start("bob", "127.0.0.2"));
        a.Context.Events.Publish(new RegistrationEvents.TimeFloorRaised(new TimeFloor(stale.NextUpdate.AddSeconds(1))));
        a.Context.Events.Publish(new RevocationEvents.RevocationChanged(stale));
        var (dialler, dialled) = refuserDials ? (a, b) : (b, a);
        See(dialler, dialled);
        dialler.Peers.Tell(new PeerCommands.Connect(dialled.Id));

        var failed = await dialler.Events.FishForMessageAsync<PeerEvents.LinkFailed>(_ => true, TimeSpan.FromSeconds(10));
        Assert.Equal((LinkRefusal.StaleList, !refuserDials, true), (failed.Problem.Refusal, failed.Problem.ByPeer, failed.WillRetry));

        a.Context.Events.Publish(new RevocationEvents.RevocationChanged(Organisation.RevokeAt(stale.NextUpdate)));
        See(dialler, dialled);
        dialler.Peers.Tell(new PeerCommands.Connect(dialled.Id));
        await a.Events.FishForMessageAsync<PeerEvents.LinkOpened>(_ => true, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_live_link_with_a_device_that_has_expired_by_what_was_verified_is_cut()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start(Organisation.Enroll("bob", lifetime: TimeSpan.FromDays(1)), "127.0.0.2"));
        await Link(a, b);

        a.Context.Events.Publish(new RegistrationEvents.TimeFloorRaised(new TimeFloor(StartTime.AddDays(2))));

        var failed = await a.Events.FishForMessageAsync<PeerEvents.LinkFailed>(_ => true, TimeSpan.FromSeconds(10));
        Assert.Equal(LinkRefusal.Expired, failed.Problem.Refusal);
    }

    private DeviceIdentity Renewed(Side side) => side.Identity with
    {
        Certificate = Organisation.Certify(side.Identity.Key.PublicKey, side.Identity.Certificate.Name), Chain = Organisation.Chain,
    };
}

public sealed class TcpTrustSpecs : TrustSpecs
{
    private protected override ITransport TransportOf(IPAddress address) => new TcpTransport();
}

public sealed class MemoryTrustSpecs : TrustSpecs
{
    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);
}
