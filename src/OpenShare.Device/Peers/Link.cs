using System.Net;
using System.Threading.Channels;
using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>
/// One open link: the session, its control stream, and the two pumps that carry control messages. The actor that
/// owns it hears <see cref="Arrived"/> for each message and <see cref="Ended"/> once.
/// </summary>
internal sealed class Link : IDisposable
{
    internal sealed record Arrived(LinkId Link, Control Message) : INoSerializationVerificationNeeded;

    internal sealed record Ended(LinkId Link, string Reason) : INoSerializationVerificationNeeded;

    private readonly SecureStream _control;
    private readonly CancellationTokenSource _stop = new();

    // Few and small by protocol (answers, acknowledged pages), so unbounded; continuations run on the writer's own
    // thread of control, which keeps a simulation's order its own.
    private readonly Channel<Control> _outgoing = System.Threading.Channels.Channel.CreateUnbounded<Control>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private uint _nextStream = 1;

    internal Link(LinkId id, HandshakeResult result, SecureStream control, IPEndPoint remote, DateTimeOffset now)
    {
        Id = id;
        Certificate = result.Peer;
        JudgedBy = result.Trust;
        Session = result.Session;
        PeerRevocationVersion = result.PeerRevocationVersion;
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

    internal IPEndPoint Remote { get; }

    internal LinkLiveness Liveness { get; }

    /// <summary>The streams joined to this link's session: they end with it.</summary>
    internal LinkStreams Streams { get; } = new();

    /// <summary>Cancelled when the link ends.</summary>
    internal CancellationToken Stopping => _stop.Token;

    internal uint TakeStreamId() => _nextStream++;

    internal void Send(Control message) => _outgoing.Writer.TryWrite(message);

    internal void Start(IActorRef owner)
    {
        _ = ReadAsync(owner);
        _ = WriteAsync(owner);
    }

    public void Dispose()
    {
        _outgoing.Writer.TryComplete();
        _stop.Cancel();
        _control.Dispose();
        Streams.Dispose();
    }

    private async Task ReadAsync(IActorRef owner)
    {
        var cancellation = _stop.Token;
        try
        {
            while (true)
            {
                switch (await _control.ReceiveAsync(cancellation).ConfigureAwait(false))
                {
                    case Inbound.Message message:
                        owner.Tell(new Arrived(Id, message.Control));
                        break;
                    case Inbound.Closed:
                        owner.Tell(new Ended(Id, "The other device closed the connection."));
                        return;
                    case Inbound.Frame frame:
                        frame.Chunks.Dispose();
                        throw new TransportException("Chunks arrived on the control stream.");
                }
            }
        }
        catch (TransportException error)
        {
            owner.Tell(new Ended(Id, error.Message));
        }
    }

    private async Task WriteAsync(IActorRef owner)
    {
        var cancellation = _stop.Token;
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                while (_outgoing.Reader.TryRead(out var message))
                    await _control.SendAsync(message, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is TransportException or OperationCanceledException)
        {
            owner.Tell(new Ended(Id, error.Message));
        }
    }
}
