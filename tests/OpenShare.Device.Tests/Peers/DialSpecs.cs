using System.Net;
using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Device.Views;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>A peer is reached whatever answers, or does not, at one of its addresses.</summary>
public abstract class DialSpecs : PeersKit
{
    private static readonly IPAddress Here = IPAddress.Parse("127.0.0.2"), Elsewhere = IPAddress.Parse("127.0.0.3");

    [Fact]
    public async Task An_address_that_swallows_everything_holds_up_no_other()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        using var swallows = TransportOf(Elsewhere).Listen(new IPEndPoint(Elsewhere, b.Address.Port));
        See(a, b.Identity, b.Address.Port, Elsewhere, Here);

        a.Peers.Tell(new PeerCommands.Connect(b.Id));

        // In turn it would be after the deadline of ten seconds that covers them all: never.
        await a.Hears<PeerEvents.LinkOpened>();
    }

    [Fact]
    public async Task Two_ways_to_one_device_make_one_link()
    {
        var (alice, bob, dialler) = (Organisation.Enroll("alice"), Organisation.Enroll("bob"), CreateTestProbe());
        using var first = TransportOf(Here).Listen(new IPEndPoint(Here, 0));
        using var second = TransportOf(Elsewhere).Listen(new IPEndPoint(Elsewhere, 0));
        dialler.ChildActorOf(DialActor.Props(
            ContextAt(IPAddress.Loopback), PartyOf(alice), [first.LocalEndPoint, second.LocalEndPoint], bob.DeviceId,
            Authentication.Types.Purpose.Link, outcome => outcome));

        // Answered only when both have been asked: so both prove themselves, and either could become the link.
        var openings = new[] { await Opening(first), await Opening(second) };
        var links = openings.Select(o => new HandshakeRunner(ContextAt(Here), PartyOf(bob)).AnswerAsync(o.Connection, o.Frame, default)).ToList();

        var outcomes = await Task.WhenAll(links).WaitAsync(Patience);
        Assert.Single(outcomes.OfType<HandshakeOutcome.Open>());
        await dialler.ExpectMsgAsync<HandshakeOutcome.Open>(Patience);
    }

    [Fact]
    public async Task An_old_certificate_that_anybody_may_show_keeps_nobody_from_the_peer()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        Start(Replaying(b.Identity), "127.0.0.3", b.Address.Port);
        See(a, b.Identity, b.Address.Port, Elsewhere, Here);

        a.Peers.Tell(new PeerCommands.Connect(b.Id));

        await a.Hears<PeerEvents.LinkOpened>();
    }

    [Fact]
    public async Task An_old_certificate_alone_ends_the_dial_only_when_it_comes_again_and_again()
    {
        var (a, bob) = (Start("alice", "127.0.0.1"), Organisation.Enroll("bob"));
        // Others take Elsewhere for a port that is chosen already: where somebody listens at any port, it may be that.
        var replay = Start(Replaying(bob), "127.0.0.4");
        See(a, bob, replay.Address.Port, replay.Address.Address);

        a.Peers.Tell(new PeerCommands.Connect(bob.DeviceId));

        var first = await a.Hears<PeerEvents.LinkFailed>();
        Assert.Equal((LinkRefusal.Expired, false, true), (first.Problem.Refusal, first.Problem.IsProven, first.WillRetry));
        var last = await a.Hears<PeerEvents.LinkFailed>(m => !m.WillRetry);
        Assert.Equal(LinkRefusal.Expired, last.Problem.Refusal);
        // And nothing is believed of the device itself.
        Assert.NotEqual(PeerTrust.Expired, await TrustIn(a, bob.DeviceId));
    }

    [Fact]
    public async Task Whoever_answers_in_the_place_of_a_peer_that_has_proven_itself_does_not_have_it_given_up()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        await Link(a, b);
        var place = b.Address;
        b.Peers.Tell(new PeerCommands.Stop());
        b.Listener.Dispose();
        await a.Hears<PeerEvents.LinkClosed>();
        using var forger = TransportOf(Elsewhere).Listen(new IPEndPoint(Elsewhere, 0));
        var answering = AnswersWithAHint(forger);

        // Seen again and again, it is dialled so often.
        for (var i = 0; i < 6; i++)
        {
            See(a, b.Identity, forger.LocalEndPoint.Port, Elsewhere);
            var failed = await a.Hears<PeerEvents.LinkFailed>(m => m.Problem.Refusal == LinkRefusal.NoCommonVersion);
            Assert.Equal((false, true), (failed.Problem.IsProven, failed.WillRetry));
        }

        See(a, Start(b.Identity, "127.0.0.2", place.Port));
        await a.Hears<PeerEvents.LinkOpened>();
        forger.Dispose();
        await answering;
    }

    [Fact]
    public async Task A_peer_whose_own_certificate_expired_is_refused_at_once()
    {
        var a = Start("alice", "127.0.0.1");
        var b = Start(Organisation.Enroll("bob", at: StartTime.AddDays(-400)), "127.0.0.2");
        See(a, b);

        a.Peers.Tell(new PeerCommands.Connect(b.Id));

        var failed = await a.Hears<PeerEvents.LinkFailed>();
        Assert.Equal((LinkRefusal.Expired, true, false), (failed.Problem.Refusal, failed.Problem.IsProven, failed.WillRetry));
        Assert.Equal(PeerTrust.Expired, await TrustIn(a, b.Id));
    }

    [Fact]
    public async Task Another_device_that_was_revoked_says_nothing_of_the_peer_at_whose_address_it_is()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        var lost = Start(Organisation.Enroll("lost"), "127.0.0.3", b.Address.Port);
        a.Context.Events.Publish(new RevocationEvents.RevocationChanged(Organisation.Revoke(lost.Identity)));
        See(a, b.Identity, b.Address.Port, Elsewhere, Here);

        a.Peers.Tell(new PeerCommands.Connect(b.Id));

        await a.Hears<PeerEvents.LinkOpened>();
        Assert.Equal(PeerTrust.Certified, await TrustIn(a, b.Id));
    }

    [Fact]
    public async Task A_peer_that_is_revoked_while_it_is_dialled_is_refused_and_may_be_dialled_again()
    {
        var (a, bob) = (Start("alice", "127.0.0.1"), Organisation.Enroll("bob"));
        using var there = TransportOf(Here).Listen(new IPEndPoint(Here, 0));
        See(a, bob, there.LocalEndPoint.Port, Here);
        var (connection, hello) = await DialledForALink(a, bob.DeviceId, there);

        a.Context.Events.Publish(new RevocationEvents.RevocationChanged(Organisation.Revoke(bob)));
        await Heard(a);
        Assert.IsType<HandshakeOutcome.Open>(await Answer(connection, hello, bob));

        var failed = await a.Hears<PeerEvents.LinkFailed>();
        Assert.Equal((LinkRefusal.Revoked, false), (failed.Problem.Refusal, failed.WillRetry));
        a.Peers.Tell(new PeerCommands.Connect(bob.DeviceId));
        await there.AcceptAsync(default).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_peer_whose_issuing_key_is_withdrawn_while_it_is_dialled_is_dialled_again()
    {
        var (a, bob) = (Start("alice", "127.0.0.1"), Organisation.Enroll("bob"));
        using var there = TransportOf(Here).Listen(new IPEndPoint(Here, 0));
        See(a, bob, there.LocalEndPoint.Port, Here);
        var (connection, hello) = await DialledForALink(a, bob.DeviceId, there);

        Organisation.Rotate(StartTime, issuing: true);
        a.Context.Events.Publish(new RegistrationEvents.Certified(a.Identity with
        {
            Certificate = Organisation.Certify(a.Identity.Key.PublicKey, "alice"), Chain = Organisation.Chain,
        }));
        await Heard(a);
        Assert.IsType<HandshakeOutcome.Open>(await Answer(connection, hello, bob));

        var failed = await a.Hears<PeerEvents.LinkFailed>();
        Assert.Equal((LinkRefusal.BadCertificate, true), (failed.Problem.Refusal, failed.WillRetry));
        await there.AcceptAsync(default).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_dial_that_is_refused_once_this_device_has_another_certificate_is_dialled_again()
    {
        var (expired, bob) = (Organisation.Enroll("alice", at: StartTime.AddDays(-400)), Organisation.Enroll("bob"));
        var a = Start(expired, "127.0.0.1");
        using var there = TransportOf(Here).Listen(new IPEndPoint(Here, 0));
        See(a, bob, there.LocalEndPoint.Port, Here);
        var (connection, hello) = await DialledForALink(a, bob.DeviceId, there);

        a.Context.Events.Publish(new RegistrationEvents.Certified(expired with { Certificate = Organisation.Certify(expired.Key.PublicKey, "alice") }));
        await Heard(a);
        Assert.IsType<HandshakeFailure.Refused>(Assert.IsType<HandshakeOutcome.Failed>(await Answer(connection, hello, bob)).Failure);

        var failed = await a.Hears<PeerEvents.LinkFailed>();
        Assert.Equal((LinkRefusal.Expired, true, true), (failed.Problem.Refusal, failed.Problem.ByPeer, failed.WillRetry));
        (connection, hello) = await Opening(there);
        Assert.IsType<HandshakeOutcome.Open>(await Answer(connection, hello, bob));
        await a.Hears<PeerEvents.LinkOpened>();
    }

    [Fact]
    public async Task A_peer_that_proves_itself_elsewhere_while_it_is_dialled_and_refused_is_dialled_again()
    {
        var (a, bob) = (Start("alice", "127.0.0.1"), Organisation.Enroll("bob"));
        var expired = bob with { Certificate = Organisation.Certify(bob.Key.PublicKey, "bob", at: StartTime.AddDays(-400)) };
        using var there = TransportOf(Here).Listen(new IPEndPoint(Here, 0));
        See(a, bob, there.LocalEndPoint.Port, Here);
        var (connection, hello) = await DialledForALink(a, bob.DeviceId, there);

        a.Peers.Tell(new PeerSignals.Proven(bob.Certificate, there.LocalEndPoint, IsDialled: true));
        await Heard(a);
        await Answer(connection, hello, expired);

        Assert.True((await a.Hears<PeerEvents.LinkFailed>(m => m.Problem.Refusal == LinkRefusal.Expired)).WillRetry);
        (connection, hello) = await Opening(there);
        Assert.IsType<HandshakeOutcome.Open>(await Answer(connection, hello, bob));
        await a.Hears<PeerEvents.LinkOpened>();
        Assert.Equal(PeerTrust.Certified, await TrustIn(a, bob.DeviceId));
    }

    [Fact]
    public async Task A_link_that_the_peer_dialled_is_not_taken_over_by_an_own_dial_that_is_late()
    {
        // The lower of two that dialled wins, where both did.
        var both = new[] { Organisation.Enroll("alice"), Organisation.Enroll("bob") }.OrderBy(i => i.DeviceId).ToList();
        var (a, bob) = (Start(both[0], "127.0.0.1"), both[1]);
        using var there = TransportOf(Here).Listen(new IPEndPoint(Here, 0));
        See(a, bob, there.LocalEndPoint.Port, Here);
        await there.AcceptAsync(default).WaitAsync(Patience);
        a.Peers.Tell(new PeerCommands.Connect(bob.DeviceId));
        var (connection, hello) = await Opening(there);

        var (link, _) = await DialByHand(bob, a);
        var opened = await a.Hears<PeerEvents.LinkOpened>();
        await Heard(a);
        Assert.IsNotType<HandshakeOutcome.Open>(await new HandshakeRunner(ContextAt(Here), PartyOf(bob)).AnswerAsync(connection, hello, default).WaitAsync(Patience));

        a.Peers.Tell(new PeerCommands.TellLinks(), TestActor);
        Assert.Equal(opened.Link, (await ExpectMsgAsync<PeerEvents.LinkOpened>(Patience)).Link);
        link.Control.Dispose();
    }

    [Fact]
    public async Task A_dial_that_is_stopped_before_it_hears_of_its_own_success_leaves_no_connection()
    {
        var (alice, bob, parent) = (Organisation.Enroll("alice"), Organisation.Enroll("bob"), CreateTestProbe());
        using var there = TransportOf(Here).Listen(new IPEndPoint(Here, 0));
        var dial = (ActorRefWithCell)parent.ChildActorOf(DialActor.Props(
            ContextAt(IPAddress.Loopback), PartyOf(alice), [there.LocalEndPoint], bob.DeviceId, Authentication.Types.Purpose.Link, outcome => outcome));
        var (connection, hello) = await Opening(there);
        using var machine = new HandshakeResponder(PartyOf(bob), ContextAt(Here).Random, DateTimeOffset.UtcNow);
        await Send(machine.Handle(hello, DateTimeOffset.UtcNow));
        var proof = await HandshakeFrames.ReadAsync(connection, machine.LongestFrame, default).AsTask().WaitAsync(Patience);

        dial.Suspend();
        var established = await Send(machine.Handle(proof, DateTimeOffset.UtcNow));
        await AwaitConditionAsync(() => Task.FromResult(dial.Underlying.NumberOfMessages > 0), Patience);
        Sys.Stop(dial);

        using var control = new SecureStream(connection, established!.Session.OpenControlChannel());
        Assert.False(await EndsWithGoodbye(control));

        async Task<HandshakeResult?> Send(IReadOnlyList<HandshakeEffect> effects)
        {
            foreach (var frame in effects.OfType<HandshakeEffect.SendFrame>())
                await HandshakeFrames.WriteAsync(connection, frame.Frame, default);
            return effects.OfType<HandshakeEffect.Established>().SingleOrDefault()?.Result;
        }
    }

    // What needs neither a key nor a name: anybody can.
    private static async Task AnswersWithAHint(ITransportListener listener)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptAsync(default);
                await HandshakeFrames.ReadAsync(connection, Limits.OpeningFrame, default);
                await HandshakeFrames.WriteAsync(connection, Hints.Frame(Hint.Types.Code.NoCommonVersion), default);
            }
        }
        catch (TransportException)
        {
            // The test is over.
        }
    }

    // Its probe is left without an answer; what comes after the connection for the link is what happens there.
    private static async Task<(ITransportConnection Connection, byte[] Hello)> DialledForALink(Side a, DeviceId peer, ITransportListener there)
    {
        await there.AcceptAsync(default).WaitAsync(Patience);
        a.Peers.Tell(new PeerCommands.Connect(peer));
        return await Opening(there);
    }

    private Task<HandshakeOutcome> Answer(ITransportConnection connection, byte[] hello, DeviceIdentity peer) =>
        new HandshakeRunner(ContextAt(Here), PartyOf(peer)).AnswerAsync(connection, hello, default).WaitAsync(Patience);

    /// <summary>What was published before has been told to every peer's actor.</summary>
    private static Task Heard(Side side) => side.Peers.Ask(new PeerQueries.GetPeers(), Patience);

    // Another key, and what the device showed to everybody a year ago.
    private DeviceIdentity Replaying(DeviceIdentity device) => device with
    {
        Key = Organisation.Enroll("mallory").Key,
        Certificate = Organisation.Certify(device.Key.PublicKey, device.Certificate.Name, at: StartTime.AddDays(-400)),
    };

    private static async Task<PeerTrust> TrustIn(Side side, DeviceId device)
    {
        var peers = await side.Peers.Ask<System.Collections.Immutable.ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), Patience);
        return peers.Single(p => p.DeviceId == device).Trust;
    }
}

public sealed class TcpDialSpecs : DialSpecs
{
    private protected override ITransport TransportOf(IPAddress address) => new TcpTransport();
}

public sealed class MemoryDialSpecs : DialSpecs
{
    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);
}
