using System.Threading.Channels;
using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Transport;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// One chunk stream, receiving: its pump reads and decrypts a frame for each credit it has, and hands it to the
/// session, which gives the credit back when the frame is written. So memory stays bounded whatever the sender does.
/// </summary>
internal sealed class ReceivingStreamActor : ReceiveActor
{
    /// <summary>To the session, which owns the frame from here on.</summary>
    internal sealed record FrameArrived(uint StreamId, InboundFrame Frame) : INoSerializationVerificationNeeded;

    /// <summary>From the session: a frame is done with.</summary>
    internal sealed record Credit
    {
        internal static readonly Credit Instance = new();
    }

    // One frame is written while the next is read.
    private const int Credits = 2;

    private readonly SecureStream _stream;
    private readonly uint _streamId;
    private Task _receiving = Task.CompletedTask;
    private volatile bool _isEnding;
    private readonly Channel<Credit> _credits = System.Threading.Channels.Channel.CreateUnbounded<Credit>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    public ReceivingStreamActor(uint streamId, SecureStream stream)
    {
        (_streamId, _stream) = (streamId, stream);
        Receive<Credit>(credit => _credits.Writer.TryWrite(credit));
    }

    internal static Props Props(uint streamId, SecureStream stream) => Akka.Actor.Props.Create(() => new ReceivingStreamActor(streamId, stream));

    protected override void PreStart()
    {
        for (var i = 0; i < Credits; i++)
            _credits.Writer.TryWrite(Credit.Instance);
        _receiving = ReceiveAsync(Context.Parent);
    }

    protected override void PostStop()
    {
        _isEnding = true;
        _credits.Writer.TryComplete();
        // Nobody else writes on this side.
        _ = Goodbye.EndAsync(_stream, Context.System.Scheduler, Goodbye.SayAsync(_stream), _receiving);
    }

    private async Task ReceiveAsync(IActorRef session)
    {
        try
        {
            while (true)
            {
                // Once this side ends the stream it reads on without credit, to the sender's goodbye, and lets go of what comes.
                if (await _credits.Reader.WaitToReadAsync().ConfigureAwait(false))
                    _credits.Reader.TryRead(out _);
                switch (await _stream.ReceiveAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    case Inbound.Frame frame when _isEnding:
                        frame.Chunks.Dispose();
                        break;
                    case Inbound.Frame frame:
                        session.Tell(new FrameArrived(_streamId, frame.Chunks));
                        break;
                    case Inbound.Message message when !_isEnding:
                        session.Tell(new TransferSignals.ControlArrived(message.Control, () => _credits.Writer.TryWrite(Credit.Instance)));
                        break;
                    case Inbound.Closed:
                        session.Tell(new TransferSession.StreamEnded(_streamId, "The sender said goodbye."));
                        return;
                }
            }
        }
        catch (TransportException error)
        {
            session.Tell(new TransferSession.StreamEnded(_streamId, error.Message));
        }
    }
}
