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
    private readonly CancellationTokenSource _stop = new();
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
        _ = ReceiveAsync(Context.Parent, _stop.Token);
    }

    protected override void PostStop()
    {
        _credits.Writer.TryComplete();
        _stop.Cancel();
        _stream.Dispose();
    }

    private async Task ReceiveAsync(IActorRef session, CancellationToken cancellation)
    {
        try
        {
            while (await _credits.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                while (_credits.Reader.TryRead(out _))
                {
                    switch (await _stream.ReceiveAsync(cancellation).ConfigureAwait(false))
                    {
                        case Inbound.Frame frame:
                            session.Tell(new FrameArrived(_streamId, frame.Chunks));
                            break;
                        case Inbound.Message message:
                            _credits.Writer.TryWrite(Credit.Instance);
                            session.Tell(new TransferSignals.ControlArrived(message.Control));
                            break;
                        case Inbound.Closed:
                            session.Tell(new TransferSession.StreamEnded(_streamId, "The sender closed it."));
                            return;
                    }
                }
            }
        }
        catch (Exception error) when (error is TransportException or OperationCanceledException)
        {
            session.Tell(new TransferSession.StreamEnded(_streamId, error.Message));
        }
    }
}
