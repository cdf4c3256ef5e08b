using OpenShare.Device.Storage.Database;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>Whether there is room for a transfer's next files.</summary>
internal abstract record RoomAnswer
{
    private RoomAnswer() { }

    /// <summary>It is this transfer's until it is used, or the transfer ends.</summary>
    internal sealed record Promised : RoomAnswer;

    /// <summary>What was promised is being taken or written just now: the free bytes count it or not. Ask again when that is told.</summary>
    internal sealed record Unclear : RoomAnswer;

    internal sealed record Refused(string Reason) : RoomAnswer;
}

/// <summary>
/// The room of each file system that is promised to running transfers and not used yet: what they still have to write,
/// but for files that have their room already. Free bytes are those the disk reports; a promise counts against them.
/// </summary>
internal sealed class RoomLedger
{
    private sealed record Promise(string FileSystem, long Bytes, bool IsBeingTaken);

    private readonly Dictionary<TransferKey, Promise> _promises = [];

    /// <param name="bytes">of the files that are to be prepared next</param>
    /// <param name="free">as the disk reports it at this moment</param>
    /// <param name="unlisted">of what this transfer was promised: what cannot travel before this is answered</param>
    internal RoomAnswer Ask(TransferKey transfer, string fileSystem, long bytes, long free, long unlisted = 0)
    {
        var own = PromisedTo(transfer);
        var others = PromisedOn(fileSystem) - own;
        var lack = others + own + bytes - free;
        if (lack <= 0)
        {
            _promises[transfer] = new Promise(fileSystem, own + bytes, IsBeingTaken: true);
            return new RoomAnswer.Promised();
        }
        // What is written the disk counts at once, and this ledger when it is told: as much as was promised may be counted twice,
        // but for what waits for this answer. Nothing more would be told while that is all there is.
        return lack <= own - unlisted || _promises.Values.Any(p => p.FileSystem == fileSystem && p.IsBeingTaken)
            ? new RoomAnswer.Unclear()
            : new RoomAnswer.Refused(Lack((Int128)own + bytes, free, others));
    }

    /// <summary>A transfer that goes on after a restart still has to write so much, whether there is room or not.</summary>
    internal void Owe(TransferKey transfer, string fileSystem, long bytes) => _promises[transfer] = new Promise(fileSystem, bytes, IsBeingTaken: false);

    /// <summary>So much of what was promised is written, or not needed any more.</summary>
    internal void Use(TransferKey transfer, long bytes)
    {
        if (_promises.TryGetValue(transfer, out var promise))
            _promises[transfer] = promise with { Bytes = Math.Max(0, promise.Bytes - bytes) };
    }

    /// <summary>What was promised is about to be taken in one go.</summary>
    internal void Take(TransferKey transfer)
    {
        if (_promises.TryGetValue(transfer, out var promise))
            _promises[transfer] = promise with { IsBeingTaken = true };
    }

    /// <summary>The files that were asked for are prepared: the disk's free bytes count what they took.</summary>
    internal void Prepared(TransferKey transfer, long taken)
    {
        Use(transfer, taken);
        if (_promises.TryGetValue(transfer, out var promise))
            _promises[transfer] = promise with { IsBeingTaken = false };
    }

    internal void End(TransferKey transfer) => _promises.Remove(transfer);

    internal long PromisedTo(TransferKey transfer) => _promises.TryGetValue(transfer, out var promise) ? promise.Bytes : 0;

    private Int128 PromisedOn(string fileSystem) =>
        _promises.Values.Where(p => p.FileSystem == fileSystem).Aggregate(Int128.Zero, (sum, p) => sum + p.Bytes);

    private static string Lack(Int128 needed, long free, Int128 others) =>
        $"There is not enough room on the other device's disk: {Words(needed, up: true)} are needed and {Words(free, up: false)} are free"
        + (others > 0 ? $", {Words(others, up: true)} of them promised to other transfers." : ".");

    private static string Words(Int128 bytes, bool up) => ByteWords.Of((long)Int128.Min(bytes, long.MaxValue), up);
}
