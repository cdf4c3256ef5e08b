using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Network.Streams;

/// <summary>The receiving end of one direction: what arrived and was not read yet, and the answers that say so.</summary>
internal sealed class StreamReceiver(SimulatedConnection end)
{
    // Room is told of in steps, not byte by byte.
    private const int Step = StreamSender.WindowBytes / 8;

    private readonly Queue<ReadOnlyMemory<byte>> _arrived = new();
    private int _offset;
    private long _told;
    private long _lastTransmission;

    internal long Received { get; private set; }

    internal long Read { get; private set; }

    internal bool IsEnded { get; private set; }

    internal bool HasUnread => _arrived.Count > 0;

    /// <summary>Nobody will read: bytes that still come are answered with a reset.</summary>
    internal bool IsClosed { get; private set; }

    /// <summary>Enough was read beyond this for the sender to be told.</summary>
    internal bool Owes(long known) => Read - known >= Step;

    internal void Arrive(Burst burst, long transmission)
    {
        _lastTransmission = transmission;
        if (burst.Bytes.Length > 0)
            _arrived.Enqueue(burst.Bytes);
        Received += burst.Bytes.Length;
        IsEnded |= burst.Kind is BurstKind.End;
        Answer();
        if (burst.Kind is BurstKind.Open)
            end.Opened();
        if (burst.Kind is BurstKind.End)
            end.EndIfBothEnded();
        end.WakeReader();
    }

    internal int Take(Span<byte> buffer)
    {
        var taken = 0;
        while (taken < buffer.Length && _arrived.TryPeek(out var first))
        {
            var count = Math.Min(first.Length - _offset, buffer.Length - taken);
            first.Span.Slice(_offset, count).CopyTo(buffer[taken..]);
            taken += count;
            _offset += count;
            if (_offset < first.Length)
                break;
            _arrived.Dequeue();
            _offset = 0;
        }
        Read += taken;
        if (Owes(_told))
            Answer();
        return taken;
    }

    internal void Close()
    {
        IsClosed = true;
        _arrived.Clear();
    }

    private void Answer()
    {
        var (network, sender) = (end.Host.Network, end.Peer.Out);
        var (received, read, transmission) = (Received, Read, _lastTransmission);
        _told = read;
        sender.AnswerLeaves();
        if (!end.Reaches)
        {
            sender.AnswerLost();
            return;
        }
        network.Queue.Schedule(LinkPath.Between(end.Host, end.Peer.Host).Delay(network.Random), () =>
        {
            if (end.Reaches)
                sender.Answered(received, read, transmission);
            else
                sender.AnswerLost();
        });
    }
}
