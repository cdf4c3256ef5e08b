using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Tests.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>The clock is set in the middle, by hours: dials, links and strangers' connections go by the time that passes.</summary>
public sealed class ClockSetTests : DeviceRig
{
    private const int Port = 4545;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly IPEndPoint There = new(IPAddress.Loopback, Port);

    private readonly DeviceIdentity _self, _peer;
    private readonly ITransportListener _listener;
    private readonly IActorRef _peers;

    public ClockSetTests()
    {
        (_self, _peer) = (Organisation.Enroll("alice"), Organisation.Enroll("bob"));
        _listener = Context.Transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        _peers = Sys.ActorOf(PeersActor.Props(Context, new MemoryPeerStore(), _listener));
        _peers.Tell(new PeerCommands.Start());
        _peers.Ask(new PeerQueries.GetPeers(), Patience).Wait();
        Context.Events.Subscribe<IDeviceEvent>(Events.Ref);
        Context.Events.Publish(new RegistrationEvents.Certified(_self));
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(5)]
    public async Task A_peer_that_is_not_there_is_dialled_again(int hours)
    {
        Dial();
        await Hears<PeerEvents.LinkFailed>();

        Time.Set(TimeSpan.FromHours(hours));

        await HearsInTime<PeerEvents.LinkFailed>();
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(5)]
    public async Task A_dial_that_nobody_answers_ends(int hours)
    {
        using var silent = Context.Transport.Listen(There);
        Dial();
        await silent.AcceptAsync(default).WaitAsync(Patience);

        Time.Set(TimeSpan.FromHours(hours));

        Assert.Equal(LinkRefusal.Unreachable, (await HearsInTime<PeerEvents.LinkFailed>()).Problem.Refusal);
    }

    [Fact]
    public async Task A_link_that_falls_silent_ends()
    {
        await DialByHand();

        Time.Set(TimeSpan.FromHours(-5));

        Assert.Equal(LinkEnd.Cut, (await HearsInTime<PeerEvents.LinkClosed>()).End);
    }

    [Fact]
    public async Task A_link_that_is_alive_stays()
    {
        var link = await DialByHand();

        Time.Set(TimeSpan.FromHours(5));
        Advance(TimeSpan.FromSeconds(2));

        // Dead, it would have been cut; it is asked for a sign of life.
        var inbound = await link.Control.ReceiveAsync(default).AsTask().WaitAsync(Patience);
        Assert.NotNull(Assert.IsType<Device.Channel.Inbound.Message>(inbound).Control.Ping);
    }

    [Fact]
    public async Task A_connection_that_proves_nothing_is_closed()
    {
        using var silent = await Context.Transport.ConnectAsync(_listener.LocalEndPoint, default);
        // Behind it in the mailbox: it is counted by then.
        using var refused = await Context.Transport.ConnectAsync(_listener.LocalEndPoint, default);
        await refused.WriteAsync(new byte[] { 0x7f, 0, 0, 0 }, default);
        await IsClosed(refused);

        Time.Set(TimeSpan.FromHours(-5));

        var closed = IsClosed(silent);
        for (var seconds = 0; seconds < 60 && !closed.IsCompleted; seconds++)
        {
            Advance(TimeSpan.FromSeconds(1));
            await _peers.Ask(new PeerQueries.GetPeers(), Patience);
        }
        await closed.WaitAsync(Patience);
    }

    private void Dial()
    {
        Context.Events.Publish(new DiscoveryEvents.PeerSighted(new PeerSighting(
            _peer.DeviceId, "bob", _peer.Key.PublicKey.ShortFingerprint, new PeerPlace("there.local", Port, [There.Address]), FoundBy.Mdns, TimeSpan.Zero)));
        _peers.Tell(new PeerCommands.Connect(_peer.DeviceId));
    }

    private async Task<HandshakeOutcome.Open> DialByHand()
    {
        var party = new HandshakeParty(_peer.Key, _peer.Certificate, _peer.Chain, Revoked: null, new HashSet<DeviceId>(), TimeFloor.None) { DiscoveryKey = _peer.DiscoveryKeys.Issue };
        var outcome = await new HandshakeRunner(Context, party)
            .DialAsync(_listener.LocalEndPoint, _self.DeviceId, Authentication.Types.Purpose.Link, mayConclude: null, default);
        await Hears<PeerEvents.LinkOpened>();
        return Assert.IsType<HandshakeOutcome.Open>(outcome);
    }

    private ValueTask<T> Hears<T>() => Events.FishForMessageAsync<T>(_ => true, Patience);

    /// <summary>Lets a minute pass, second by second, until it is heard.</summary>
    private async Task<T> HearsInTime<T>()
    {
        for (var seconds = 0; seconds < 60; seconds++)
        {
            Advance(TimeSpan.FromSeconds(1));
            while (await Events.ReceiveOneAsync(TimeSpan.FromMilliseconds(50)) is { } heard)
            {
                if (heard is T wanted)
                    return wanted;
            }
        }
        throw new TimeoutException($"A minute passed without {typeof(T).Name}.");
    }

    private static async Task IsClosed(ITransportConnection connection)
    {
        try
        {
            while (await connection.ReadAsync(new byte[1], default) > 0)
            {
            }
        }
        catch (TransportException)
        {
            // Closed as well.
        }
    }
}
