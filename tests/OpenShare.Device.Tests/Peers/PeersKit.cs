using System.Net;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using OpenShare.Device.Channel;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>Peers actors of devices of one organisation on one network, and the means to be one of them by hand.</summary>
public abstract class PeersKit : TestKit
{
    private protected static readonly DateTimeOffset StartTime = DateTimeOffset.UtcNow;
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private protected TestOrganisation Organisation { get; } = new(1, StartTime);

    private protected abstract ITransport TransportOf(IPAddress address);

    private protected virtual TimeProvider Time => TimeProvider.System;

    private protected sealed record Side(DeviceIdentity Identity, DeviceContext Context, IActorRef Peers, Akka.TestKit.TestProbe Events, ITransportListener Listener)
    {
        public IPEndPoint Address => Listener.LocalEndPoint;

        public DeviceId Id => Identity.DeviceId;

        /// <summary>Once everybody was told: what the peers actor answers from then on takes the event into account.</summary>
        public async ValueTask<T> Hears<T>(Predicate<T>? which = null)
        {
            var heard = await Events.FishForMessageAsync(which ?? (_ => true), Patience * 2);
            // Waits for a publication that is under way: the test's probe is told first.
            Context.Events.Unsubscribe(ActorRefs.Nobody);
            return heard;
        }
    }

    private protected static async Task<(PeerEvents.LinkOpened AtA, PeerEvents.LinkOpened AtB)> Link(Side a, Side b)
    {
        See(a, b);
        a.Peers.Tell(new PeerCommands.Connect(b.Id));
        return (await a.Hears<PeerEvents.LinkOpened>(), await b.Hears<PeerEvents.LinkOpened>());
    }

    /// <summary>A stream over an open link, both ends of it.</summary>
    private protected static async Task<(SecureStream Near, SecureStream Far)> Stream(Side a, Side b)
    {
        var (atA, _) = await Link(a, b);
        a.Peers.Tell(new PeerCommands.OpenStreams(b.Id, atA.Link, TransferId.New(new SeededRandom(5)), 1));
        return ((await a.Hears<PeerEvents.StreamOpened>()).Stream, (await b.Hears<PeerEvents.StreamOpened>()).Stream);
    }

    private protected static void See(Side a, Side b) => See(a, b.Identity, b.Address.Port, b.Address.Address);

    private protected static void See(Side a, DeviceIdentity who, int port, params IPAddress[] addresses) =>
        a.Context.Events.Publish(new DiscoveryEvents.PeerSighted(new PeerSighting(
            who.DeviceId, who.Certificate.Name, who.Key.PublicKey.ShortFingerprint,
            new PeerPlace("there.local", port, [.. addresses]), FoundBy.Mdns, TimeSpan.Zero)));

    private protected Side Start(string name, string address, string account = "acme") => Start(Organisation.Enroll(name, account), address);

    private protected Side Start(DeviceIdentity identity, string address, int port = 0, IPeerStore? store = null, StaleListRule staleList = StaleListRule.Warn)
    {
        var ip = IPAddress.Parse(address);
        var context = ContextAt(ip) with { StaleList = staleList };
        var listener = context.Transport.Listen(new IPEndPoint(ip, port));
        var events = CreateTestProbe();
        context.Events.Subscribe<IDeviceEvent>(events.Ref);
        var peers = CreateTestProbe().ChildActorOf(PeersActor.Props(context, store ?? new MemoryPeerStore(), listener), new OneForOneStrategy(_ => Directive.Restart));
        peers.Tell(new PeerCommands.Start());
        // Started once it answers: then it has subscribed.
        peers.Ask<System.Collections.Immutable.ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), Patience).Wait();
        context.Events.Publish(new RegistrationEvents.Certified(identity));
        return new Side(identity, context, peers, events, listener);
    }

    private protected DeviceContext ContextAt(IPAddress address) =>
        new(Time, new SystemRandom(), new Workers(2), TransportOf(address), new DeviceEventBus());

    private protected static HandshakeParty PartyOf(DeviceIdentity identity) =>
        new(identity.Key, identity.Certificate, identity.Chain, Revoked: null, new HashSet<DeviceId>(), TimeFloor.None) { DiscoveryKey = identity.DiscoveryKeys.Issue };

    /// <summary>A link that no actor has at this end.</summary>
    private protected async Task<(HandshakeOutcome.Open Link, DeviceContext Context)> DialByHand(DeviceIdentity identity, Side to)
    {
        var context = ContextAt(IPAddress.Loopback);
        var outcome = await new HandshakeRunner(context, PartyOf(identity))
            .DialAsync(to.Address, to.Id, Authentication.Types.Purpose.Link, mayConclude: null, default);
        return (Assert.IsType<HandshakeOutcome.Open>(outcome), context);
    }

    /// <summary>A connection that comes, and the first that is said on it.</summary>
    private protected static async Task<(ITransportConnection Connection, byte[] Frame)> Opening(ITransportListener listener)
    {
        var connection = await listener.AcceptAsync(default).WaitAsync(Patience);
        return (connection, await HandshakeFrames.ReadAsync(connection, Limits.OpeningFrame, default).AsTask().WaitAsync(Patience));
    }

    /// <returns>true for a goodbye, false for a cut</returns>
    private protected static async Task<bool> EndsWithGoodbye(SecureStream stream)
    {
        try
        {
            while (await stream.ReceiveAsync(default).AsTask().WaitAsync(Patience) is var inbound)
            {
                if (inbound is Inbound.Closed)
                    return true;
            }
        }
        catch (TransportException)
        {
            // A cut.
        }
        return false;
    }
}
