using Akka.Actor;
using OpenShare.Protocol.Transfer.Receiving;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>
/// A full disk: what could not be written is kept, and tried again when the machine says so. A frame that waits keeps its stream's
/// credit, so that no more comes than has room in memory.
/// </summary>
internal sealed partial class ReceivingActor
{
    /// <summary>It is written, and that could not be noted.</summary>
    private sealed record NoteAgain(FrameResult Result) : INoSerializationVerificationNeeded;

    private sealed record NothingWaits;

    private readonly List<UnwrittenFrame> _unwritten = [];
    private readonly List<Action> _stuck = [];

    private void Keep(UnwrittenFrame left, string reason)
    {
        // Its stream is gone, and what was on it travels again.
        if (_machine!.IsOver || StreamOf(left.StreamId) is null)
        {
            left.Frame.Dispose();
            Drive(new ReceiverInput.DiskFreed());
            return;
        }
        _unwritten.Add(left);
        Drive(new ReceiverInput.DiskFull(reason));
    }

    private void Stick(string reason, Action again)
    {
        if (_machine!.IsOver)
            return;
        _stuck.Add(again);
        Drive(new ReceiverInput.DiskFull(reason));
    }

    private void RetryDisk()
    {
        // Told to oneself: the machine is not driven from within its own effects.
        if (_unwritten.Count + _stuck.Count == 0)
            Self.Tell(new NothingWaits());
        var (frames, others) = (_unwritten.ToList(), _stuck.ToList());
        _unwritten.Clear();
        _stuck.Clear();
        foreach (var left in frames)
            Write(left.StreamId, left.Frame, [.. left.Chunks.Select(c => c with { Keep = c.Keep && !_machine!.Withdrawn.ContainsKey(c.Location.Entry.Number) })]);
        foreach (var again in others)
            again();
    }

    private void DropUnwritten(uint? streamId = null)
    {
        foreach (var left in _unwritten.Where(l => streamId is null || l.StreamId == streamId))
            left.Frame.Dispose();
        _unwritten.RemoveAll(l => streamId is null || l.StreamId == streamId);
    }
}
