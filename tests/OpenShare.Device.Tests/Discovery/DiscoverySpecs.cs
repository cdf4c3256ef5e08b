using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Discovery;

/// <summary>Starts devices that do nothing but discover.</summary>
public abstract class DiscoverySpecs : TestKit
{
    protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private int _devices;

    // Tests run side by side, on one machine and perhaps on one network: each has an account of its own.
    private protected AccountHash Account { get; } = AccountHash.FromKey(new SystemRandom().Bytes(32));

    private protected Device Start(Func<IDiscoveryPort> port, string? name = null, ImmutableArray<string>? interfaces = null, DeviceId? id = null, int advertised = 4000)
    {
        var number = ++_devices;
        var context = new DeviceContext(TimeProvider.System, new SeededRandom(number), new Workers(1), new NoTransport(), new DeviceEventBus());
        var events = CreateTestProbe();
        context.Events.Subscribe<IDeviceEvent>(events);
        events.IgnoreMessages(m => m is DiscoveryEvents.LadderChanged or DiscoveryEvents.RungChanged);
        var options = new DiscoveryOptions(
            name ?? $"device {number}", id ?? DeviceId.FromBytes(new SystemRandom().Bytes(16)), number.ToString("x16", CultureInfo.InvariantCulture),
            Account, advertised, interfaces);
        var actor = CreateTestProbe().ChildActorOf(DiscoveryActor.Props(context, port), new OneForOneStrategy(_ => Directive.Restart));
        actor.Tell(new DiscoveryCommands.Start(options), ActorRefs.NoSender);
        return new Device(actor, options, context, events);
    }

    private protected DiscoverySnapshot Snapshot(Device device)
    {
        device.Actor.Tell(DiscoveryQueries.GetPeers.Instance, TestActor);
        return ExpectMsg<DiscoverySnapshot>(Deadline);
    }

    private protected sealed record Device(IActorRef Actor, DiscoveryOptions Options, DeviceContext Context, TestProbe Events)
    {
        internal PeerSighting Sights(Func<PeerSighting, bool> which) =>
            Events.FishForMessage<DiscoveryEvents.PeerSighted>(s => which(s.Sighting), Deadline).Sighting;

        internal void Loses(Device other) => Events.FishForMessage<DiscoveryEvents.PeerLost>(l => l.DeviceId == other.Options.DeviceId, Deadline);
    }

    private sealed class NoTransport : ITransport
    {
        public ITransportListener Listen(System.Net.IPEndPoint endpoint) => throw new TransportException("Discovery opens no streams.");

        public Task<ITransportConnection> ConnectAsync(System.Net.IPEndPoint remote, CancellationToken cancellation) =>
            throw new TransportException("Discovery opens no streams.");
    }
}
