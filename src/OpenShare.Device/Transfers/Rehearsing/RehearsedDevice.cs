using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers.Telemetry;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Transfers.Rehearsing;

/// <summary>The peers and the transfers of one device, which is announced to nobody.</summary>
internal sealed class RehearsedDevice : IDisposable
{
    private readonly ActorSystem _system;
    private readonly DeviceIdentity _identity;
    private readonly DeviceDatabase _database = DeviceDatabase.OpenInMemory();
    private readonly DeviceContext _context;
    private readonly ITransportListener _listener;
    private readonly IActorRef _peers;
    private readonly IActorRef _transfers;

    internal RehearsedDevice(ActorSystem system, DeviceIdentity identity, string inbox)
    {
        (_system, _identity) = (system, identity);
        var transport = new TcpTransport();
        _context = new DeviceContext(
            TimeProvider.System, new SystemRandom(), new Workers(Math.Max(2, Environment.ProcessorCount), TransferMetrics.Untold), transport, new DeviceEventBus())
        {
            Metrics = TransferMetrics.Untold,
            TransferTuning = TransferTuning.Default with { FrameChunks = 1 },
        };
        _listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        _peers = system.ActorOf(PeersActor.Props(_context, _database.Peers, _listener));
        _transfers = system.ActorOf(TransfersActor.Props(
            _context, TransferStores.Of(_database), new LocalDisk(), _database.Peers, _peers, new ReceivingPolicy(AcceptPolicy.Own, inbox)));
        _peers.Tell(new PeerCommands.Start());
    }

    /// <summary>Both enter, and this one sees the other.</summary>
    internal async Task MeetAsync(RehearsedDevice other, CancellationToken cancellation)
    {
        await other.EnterAsync(cancellation).ConfigureAwait(false);
        await EnterAsync(cancellation).ConfigureAwait(false);
        _context.Events.Publish(new DiscoveryEvents.PeerSighted(new PeerSighting(
            other._identity.DeviceId, other._identity.Certificate.Name, other._identity.Key.PublicKey.ShortFingerprint,
            new PeerPlace("rehearsal.local", other._listener.LocalEndPoint.Port, [IPAddress.Loopback]), FoundBy.Mdns, TimeSpan.Zero)));
    }

    /// <returns>how it ended</returns>
    internal async Task<TransferView> SendAsync(string directory, RehearsedDevice to, CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource<TransferView>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = _system.ActorOf(Props.Create(() => new EndWatch(ended)));
        _context.Events.Subscribe<TransferEvents.TransferChanged>(watch);
        try
        {
            _transfers.Tell(new TransferCommands.SendFiles([directory], new SendTarget.Device(to._identity.DeviceId)), watch);
            return await ended.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _context.Events.Unsubscribe(watch);
        }
    }

    private async Task EnterAsync(CancellationToken cancellation)
    {
        // Once they answer, they hear what is published.
        await _peers.Ask<ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), cancellation).ConfigureAwait(false);
        await _transfers.Ask<ImmutableArray<TransferView>>(new TransferQueries.GetTransfers(), cancellation).ConfigureAwait(false);
        _context.Events.Publish(new RegistrationEvents.Certified(_identity));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _database.Dispose();
    }

    private sealed class EndWatch : ReceiveActor
    {
        private TransferId? _sent;

        public EndWatch(TaskCompletionSource<TransferView> ended)
        {
            Receive<SendStart.Started>(m => _sent = m.Id);
            Receive<TransferEvents.TransferChanged>(m =>
            {
                if (m.Transfer.IsEnded && m.Transfer.Id == _sent)
                    ended.TrySetResult(m.Transfer);
            });
        }
    }
}
