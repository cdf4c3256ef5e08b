using System.Net;
using System.Threading.Channels;
using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>
/// One open link: the session, its control stream, and the two pumps that carry control messages. The actor that
/// owns it hears <see cref="Arrived"/> for each message, and <see cref="Ended"/> when it ended by itself.
/// </summary>
internal sealed class Link : IDisposable
{
    /// <param name="Handled">to be called by whoever is done with it (<see cref="Backlog"/>)</param>
    internal sealed record Arrived(LinkId Link, Control Message, Action Handled) : INoSerializationVerificationNeeded
    {
        // A message that nobody takes any more is printed, and this one may hold a key.
        public override string ToString() => $"{nameof(Arrived)} {{ {Link}, {Message.KindCase} }}";
    }

    /// <summary>A part of a message of which more follows.</summary>
    internal sealed record PartArrived(LinkId Link);

    internal sealed record Ended(LinkId Link, LinkEnd End, string Reason) : INoSerializationVerificationNeeded;

    /// <summary>
    /// What may wait to be said, in bytes of memory: what 256 transfers of long file lists have to say at once. A peer that asks and
    /// asks and does not read would have it grow for ever.
    /// </summary>
    internal const long MostWaiting = 256 * 1024 * 1024;

    private readonly SecureStream _control;
    private readonly CancellationTokenSource _stop = new();
    private readonly Backlog _unhandled = new();

    // Bounded by what waits in it. Continuations run on the writer's own thread of control, which keeps a simulation's order its own.
    private readonly Channel<(Control Message, long Size)> _outgoing = System.Threading.Channels.Channel.CreateUnbounded<(Control, long)>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private IActorRef _owner = ActorRefs.Nobody;
    private long _waiting;
    private uint _nextStream = 1;
    private Task _reading = Task.CompletedTask;
    private Task _writing = Task.CompletedTask;
    private volatile bool _isClosing;
    private volatile bool _dropsQueued;
    private int _isOver;

    internal Link(LinkId id, HandshakeResult result, SecureStream control, IPEndPoint remote, DateTimeOffset now)
    {
        Id = id;
        Certificate = result.Peer;
        JudgedBy = result.Trust;
        Session = result.Session;
        PeerRevocationVersion = result.PeerRevocationVersion;
        PeerDiscoveryKeyVersion = result.PeerDiscoveryKeyVersion;
        Remote = remote;
        Liveness = new LinkLiveness(now);
        _control = control;
    }

    internal LinkId Id { get; }

    internal DeviceCertificate Certificate { get; }

    /// <summary>The trust roots the peer was judged by when the link opened.</summary>
    internal TrustChain JudgedBy { get; }

    internal Session Session { get; }

    internal ulong PeerRevocationVersion { get; }

    internal uint PeerDiscoveryKeyVersion { get; }

    internal IPEndPoint Remote { get; }

    internal Carrier Carrier => _control.Carrier;

    internal LinkLiveness Liveness { get; }

    /// <summary>Where the other side takes streams by QUIC; null: nowhere that it told of.</summary>
    internal IPEndPoint? QuicRemote { get; set; }

    /// <summary>The streams joined to this link's session: they end with it.</summary>
    internal LinkStreams Streams { get; } = new();

    /// <summary>The peer has acknowledged chunks.</summary>
    internal bool HasCarried { get; set; }

    /// <summary>Cancelled when the link begins to end: nothing joins it any more.</summary>
    internal CancellationToken Stopping => _stop.Token;

    /// <returns>null: the session has had all that it may have</returns>
    internal uint? TakeStreamId() => _nextStream <= Session.MostStreams ? _nextStream++ : null;

    internal void Send(Control message)
    {
        var size = Backlog.SizeOf(message);
        if (Interlocked.Add(ref _waiting, size) <= MostWaiting)
            _outgoing.Writer.TryWrite((message, size));
        else if (_outgoing.Writer.TryComplete())
            _owner.Tell(new Ended(Id, LinkEnd.Cut, $"The other device does not read what it is told: {MostWaiting / (1024 * 1024)} MiB of it wait."));
    }

    /// <summary>What was read and is not handled by now was lost with a session that ended.</summary>
    internal void ForgetUnhandled() => _unhandled.Forget();

    internal void Start(IActorRef owner)
    {
        _owner = owner;
        _reading = ReadAsync(owner);
        _writing = WriteAsync(owner);
    }

    /// <summary>
    /// Says goodbye and ends once the other side has said so too and those who have the streams have ended them, or when
    /// <see cref="Goodbye.Patience"/> is over.
    /// </summary>
    /// <param name="dropsQueued">what was not sent yet stays unsaid</param>
    internal Task CloseAsync(IScheduler scheduler, bool dropsQueued)
    {
        (_isClosing, _dropsQueued) = (true, dropsQueued);
        _outgoing.Writer.TryComplete();
        _stop.Cancel();
        var ended = Goodbye.EndAsync(this, scheduler, _writing, _reading, Streams.EndedAsync());
        _unhandled.Close();
        return ended;
    }

    /// <summary>Cuts it, and its streams.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
            return;
        // First, so that the writer that wakes says no goodbye.
        _control.Dispose();
        _unhandled.Close();
        _outgoing.Writer.TryComplete();
        _stop.Cancel();
        Streams.Dispose();
    }

    private async Task ReadAsync(IActorRef owner)
    {
        _control.PartCame = () => owner.Tell(new PartArrived(Id));
        try
        {
            while (true)
            {
                switch (await _control.ReceiveAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    case Inbound.Message when _isClosing:
                        break;
                    case Inbound.Message message:
                        owner.Tell(new Arrived(Id, message.Control, _unhandled.Add(message.Control)));
                        await _unhandled.Room.ConfigureAwait(false);
                        break;
                    case Inbound.Closed:
                        owner.Tell(new Ended(Id, LinkEnd.ClosedByPeer, "The other device said goodbye."));
                        return;
                    case Inbound.Frame frame:
                        frame.Chunks.Dispose();
                        throw new TransportException("Chunks arrived on the control stream.");
                }
            }
        }
        catch (TransportException error)
        {
            owner.Tell(new Ended(Id, LinkEnd.Cut, error.Message));
        }
    }

    private async Task WriteAsync(IActorRef owner)
    {
        try
        {
            while (!_dropsQueued && await _outgoing.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (!_dropsQueued && _outgoing.Reader.TryRead(out var next))
                {
                    await _control.SendAsync(next.Message, CancellationToken.None).ConfigureAwait(false);
                    Interlocked.Add(ref _waiting, -next.Size);
                }
            }
            await _control.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (TransportException error)
        {
            owner.Tell(new Ended(Id, LinkEnd.Cut, error.Message));
        }
    }
}
