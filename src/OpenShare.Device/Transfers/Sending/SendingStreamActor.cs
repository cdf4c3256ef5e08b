using System.Threading.Channels;
using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers.Sending;

/// <summary>
/// One chunk stream, sending: the actor takes frames to send, its two pumps own the bytes. One reads chunks from the
/// files straight into the frame that is encrypted and sent; the other hears what the receiver says of them.
/// </summary>
internal sealed class SendingStreamActor : ReceiveActor
{
    /// <summary>Read these chunks and send them as one frame.</summary>
    internal sealed record SendChunks(IReadOnlyList<OutgoingChunk> Chunks) : INoSerializationVerificationNeeded;

    /// <summary>To the session: a chunk's file is not what it was, or cannot be read.</summary>
    internal sealed record ChunkUnreadable(uint EntryNumber, string Reason);

    private readonly DeviceContext _context;
    private readonly ISource _source;
    private readonly SecureStream _stream;
    private readonly uint _streamId;
    private readonly Backlog _unhandled = new();
    private Task _sending = Task.CompletedTask;
    private Task _hearing = Task.CompletedTask;
    private volatile bool _isEnding;

    // At most a window of frames waits here: the session's machine sees to that.
    private readonly Channel<SendChunks> _frames = System.Threading.Channels.Channel.CreateUnbounded<SendChunks>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    public SendingStreamActor(DeviceContext context, ISource source, uint streamId, SecureStream stream)
    {
        (_context, _source, _streamId, _stream) = (context, source, streamId, stream);
        Receive<SendChunks>(m => _frames.Writer.TryWrite(m));
    }

    internal static Props Props(DeviceContext context, ISource source, uint streamId, SecureStream stream) =>
        Akka.Actor.Props.Create(() => new SendingStreamActor(context, source, streamId, stream));

    protected override void PreStart()
    {
        var session = Context.Parent;
        _sending = SendAsync(session);
        _hearing = HearAsync(session);
    }

    protected override void PostStop()
    {
        _isEnding = true;
        _frames.Writer.TryComplete();
        _ = Goodbye.EndAsync(_stream, Context.System.Scheduler, _sending, _hearing);
        _unhandled.Close();
    }

    // The frame that is under way is sent whole; those behind it are not, once this side ends the stream.
    private async Task SendAsync(IActorRef session)
    {
        try
        {
            while (!_isEnding && await _frames.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (!_isEnding && _frames.Reader.TryRead(out var order))
                    await SendAsync(order.Chunks, session).ConfigureAwait(false);
            }
            await _stream.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (TransportException error)
        {
            session.Tell(new TransferSession.StreamEnded(_streamId, error.Message));
        }
    }

    private async Task SendAsync(IReadOnlyList<OutgoingChunk> chunks, IActorRef session)
    {
        while (chunks.Count > 0)
        {
            using var frame = OutboundFrame.Rent(Head(chunks));
            var filled = frame;
            var (bad, problem) = await _context.Workers.Run(() => Fill(filled, chunks)).ConfigureAwait(false);
            if (_isEnding)
                return;
            if (bad is null)
            {
                _context.Metrics.Sealed(chunks.Sum(c => (long)c.Length));
                await _stream.SendAsync(frame, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            session.Tell(new ChunkUnreadable(bad.EntryNumber, problem.Detail));
            chunks = [.. chunks.Where(c => c.EntryNumber != bad.EntryNumber)];
        }
    }

    private static ChunkFrame Head(IReadOnlyList<OutgoingChunk> chunks)
    {
        var head = new ChunkFrame();
        foreach (var chunk in chunks)
            head.Chunks.Add(new ChunkSlice { Ordinal = (ulong)chunk.Ordinal, Length = (uint)chunk.Length });
        return head;
    }

    private (OutgoingChunk? Bad, DiskResult Problem) Fill(OutboundFrame frame, IReadOnlyList<OutgoingChunk> chunks)
    {
        for (var i = 0; i < chunks.Count; i++)
        {
            var chunk = chunks[i];
            var read = _source.Read(chunk.Path, chunk.Identity, chunk.Offset, frame.Space(i));
            if (!read.IsDone)
                return (chunk, read);
        }
        return (null, DiskResult.Done);
    }

    private async Task HearAsync(IActorRef session)
    {
        try
        {
            while (await _stream.ReceiveAsync(CancellationToken.None).ConfigureAwait(false) is Inbound.Message message)
            {
                session.Tell(new TransferSignals.ControlArrived(message.Control, _unhandled.Add(message.Control)));
                await _unhandled.Room.ConfigureAwait(false);
            }
            session.Tell(new TransferSession.StreamEnded(_streamId, "The receiver said goodbye."));
        }
        catch (TransportException error)
        {
            session.Tell(new TransferSession.StreamEnded(_streamId, error.Message));
        }
    }
}

/// <summary>A chunk to be read and sent, with what its file must still be.</summary>
internal sealed record OutgoingChunk(long Ordinal, uint EntryNumber, string Path, FileIdentity Identity, long Offset, int Length);
