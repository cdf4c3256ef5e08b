using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Network.Observing;

namespace OpenShare.Simulation.Network.Streams;

/// <summary>
/// The sending end of one direction, as TCP is seen from above: everything arrives once and in order. What the network
/// does to packets shows as time: a lost one costs a round trip where others follow it, a retransmission timeout where
/// none do; and while nothing gets through, timeouts in ever longer intervals until the connection is given up.
/// </summary>
internal sealed class StreamSender
{
    /// <summary>Bytes written and not yet read at the other end, as in both sockets' buffers.</summary>
    internal const int WindowBytes = 512 * 1024;

    private const int MaxBurst = 64 * 1024;
    private const int MinCongestionWindow = 10 * LinkPath.PacketBytes;

    // Of a slow link: what passes in so much time goes at once.
    private static readonly TimeSpan BurstTime = TimeSpan.FromMilliseconds(5);

    // Later packets that tell the sender of an earlier one's loss.
    private const int ThatTell = 3;

    private readonly SimulatedConnection _end;
    private readonly SimulatedNetwork _network;
    private readonly Retransmission _retransmission;

    // In order: arrived bursts leave at the head; from _next on they are still to be sent.
    private Burst? _head, _next, _tail;
    private long _written, _sent, _acknowledged, _read;
    private long _transmissions;
    private int _epoch;
    private TimeSpan _lastArrival;
    private int _answersUnderWay;

    internal StreamSender(SimulatedConnection end)
    {
        (_end, _network) = (end, end.Host.Network);
        _retransmission = new Retransmission(_network.Queue, Repeat);
    }

    /// <summary>So many bytes may be written now.</summary>
    internal int Room => (int)Math.Max(0, WindowBytes - (_written - _read));

    /// <summary>Everything that was to be sent is at the other end.</summary>
    internal bool IsDone => _head is null;

    private StreamReceiver Receiver => _end.Peer.In;

    private LinkPath Path => LinkPath.Between(_end.Host, _end.Peer.Host);

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length > 0; bytes = bytes[Math.Min(MaxBurst, bytes.Length)..])
            Append(new Burst(BurstKind.Bytes, bytes[..Math.Min(MaxBurst, bytes.Length)].ToArray()));
        Pump();
    }

    internal void Append(BurstKind mark)
    {
        Append(new Burst(mark));
        Pump();
    }

    /// <summary>A writer waits for room. If the word that there is some was lost, it must be asked for.</summary>
    internal void Waits()
    {
        if (_answersUnderWay == 0 && Receiver.Owes(_read) && !_retransmission.IsStalled)
            Stall(_network.Queue.Elapsed);
    }

    /// <summary>The other end has sent an answer that may or may not arrive.</summary>
    internal void AnswerLeaves() => _answersUnderWay++;

    internal void AnswerLost()
    {
        _answersUnderWay--;
        if (_end.IsGone)
            return;
        if (_next is not null || _sent > _acknowledged || _end.IsWriterWaiting)
            Stall(_network.Queue.Elapsed);
        else
            _retransmission.Rest();
    }

    internal void Answered(long received, long read, long transmission)
    {
        _answersUnderWay--;
        if (_end.IsGone)
            return;
        _acknowledged = Math.Max(_acknowledged, received);
        _read = Math.Max(_read, read);
        _retransmission.Answered(transmission);
        Pump();
        _end.EndIfBothEnded();
        // Last, since the writer goes on at once.
        if (Room > 0)
            _end.WakeWriter();
    }

    private void Append(Burst burst)
    {
        _written += burst.Bytes.Length;
        _next ??= burst;
        _head ??= burst;
        if (_tail is not null)
            _tail.Next = burst;
        _tail = burst;
    }

    private void Pump()
    {
        while (_next is not null && !_retransmission.IsStalled && !_end.IsGone)
        {
            var path = Path;
            var burst = BurstBytes(path);
            var window = path.BytesPerSecond == 0
                ? WindowBytes
                : Math.Max(MinCongestionWindow, (long)(2 * path.RoundTrip.TotalSeconds * path.BytesPerSecond) + 4 * burst);
            if (_sent - _acknowledged >= window)
                return;
            TransmitNext(path, burst);
        }
    }

    private void TransmitNext(in LinkPath path, int burst)
    {
        var next = _next!;
        if (next.Bytes.Length > burst)
        {
            next.Split(burst);
            if (_tail == next)
                _tail = next.Next;
        }
        if (!Transmit(next, path))
            return;
        _next = next.Next;
        _sent += next.Bytes.Length;
    }

    /// <returns>false: it did not get through, and the timer that repeats it is running</returns>
    private bool Transmit(Burst burst, in LinkPath path)
    {
        var (now, number, epoch) = (_network.Queue.Elapsed, ++_transmissions, _epoch);
        var (packets, bytes) = (burst.Packets, burst.Bytes.Length);
        _network.Streams.Sent(packets, bytes);
        if (!_end.Reaches)
        {
            Drop(packets, DropReason.Unreachable);
            Stall(now);
            _end.AskWhoeverHasTheAddress();
            return false;
        }
        var delay = Passed(now, bytes) - now + path.Delay(_network.Random, packets);
        // The first bytes would open the connection just as well as the packet that is there for it.
        var lost = burst.Kind is BurstKind.Open ? packets : path.FirstLost(_network.Random, packets);
        if (lost < packets)
        {
            Drop(1, DropReason.Lost);
            var isTold = burst.Next is not null || packets - 1 - lost >= ThatTell;
            if (!isTold || path.Loses(_network.Random))
            {
                Stall(now);
                return false;
            }
            delay += path.RoundTrip;
        }
        _lastArrival = Later(now + delay, _lastArrival);
        _network.Queue.Schedule(_lastArrival - now, () => Arrive(burst, number, epoch, now));
        return true;
    }

    private TimeSpan Passed(TimeSpan now, int bytes)
    {
        var (from, to) = (_end.Host, _end.Peer.Host);
        return from == to
            ? now
            : Later(from.Outward.Reserve(now, bytes, from.Conditions.BytesPerSecond), to.Inward.Reserve(now, bytes, to.Conditions.BytesPerSecond));
    }

    private void Arrive(Burst burst, long transmission, int epoch, TimeSpan sentAt)
    {
        if (epoch != _epoch)
            return;
        if (!_end.Reaches)
        {
            Drop(burst.Packets, DropReason.Unreachable);
            GoBack();
            Stall(sentAt);
            return;
        }
        var bytes = burst.Bytes.Length;
        _network.Streams.Delivered(burst.Packets, bytes);
        _network.Observer.Delivered(_end.Flow, _end.Peer.Host.Name, bytes);
        if (_end.Peer.Refuses(burst))
        {
            // The reset may be lost: what gets no answer is repeated, and asks for another.
            _end.Peer.Abort();
            Stall(sentAt);
            return;
        }
        if (burst == _head)
        {
            _head = burst.Next;
            if (_head is null)
                _tail = null;
        }
        Receiver.Arrive(burst, transmission);
    }

    // Everything that is under way behind what was lost counts as lost with it.
    private void GoBack()
    {
        _epoch++;
        _next = _head;
        _sent = Receiver.Received;
        _lastArrival = TimeSpan.Zero;
    }

    private void Repeat()
    {
        if (_end.IsGone)
            return;
        if (_retransmission.Attempts > Retransmission.Retries)
        {
            _end.Break($"The connection to {_end.Remote} timed out.");
            return;
        }
        var path = Path;
        if (_next is not null)
            TransmitNext(path, BurstBytes(path));
        else
            Transmit(new Burst(BurstKind.Probe), path);
    }

    private void Stall(TimeSpan sentAt) => _retransmission.Stall(_transmissions, sentAt, Path);

    private void Drop(int packets, DropReason reason)
    {
        _network.Streams.Dropped(packets);
        _network.Observer.Dropped(_end.Flow, _end.Peer.Host.Name, reason);
    }

    private static int BurstBytes(in LinkPath path)
    {
        if (path.BytesPerSecond == 0)
            return MaxBurst;
        var packets = (long)(BurstTime.TotalSeconds * path.BytesPerSecond) / LinkPath.PacketBytes;
        return (int)Math.Clamp(packets * LinkPath.PacketBytes, LinkPath.PacketBytes, MaxBurst);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
