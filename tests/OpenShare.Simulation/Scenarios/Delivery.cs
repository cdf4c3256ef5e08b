using OpenShare.Device.Views;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Disk;

namespace OpenShare.Simulation.Scenarios;

/// <summary>One order to send, and what became of it. It keeps what was to be sent, since a disk may change.</summary>
public sealed class Delivery
{
    private readonly IReadOnlyList<DiskEntry> _content;

    /// <param name="source">the top's path on the sender's disk</param>
    internal Delivery(SimulatedDevice from, SimulatedDevice to, string source)
    {
        (From, To, Source) = (from, to, source);
        Top = source[(source.LastIndexOf('/') + 1)..];
        _content = Tree(from.Disk, source);
        Bytes = _content.Sum(e => (long)(e.Bytes?.Length ?? 0));
    }

    public SimulatedDevice From { get; }

    public SimulatedDevice To { get; }

    public string Source { get; }

    /// <summary>The one name that it has in the receiver's destination.</summary>
    public string Top { get; }

    public long Bytes { get; }

    /// <summary>Where it is to appear.</summary>
    public string Place => $"{To.SaveTo}/{Top}";

    /// <summary>The transfer's id, once the sender has begun it.</summary>
    public string? Transfer { get; internal set; }

    /// <summary>The scenario did something for which this one may fail: a revocation, a disk that stays full, a broken file.</summary>
    public bool MayFail { get; internal set; }

    /// <summary>It can come to no end: one of its devices is gone for good.</summary>
    public bool IsImpossible { get; internal set; }

    internal void Forbid() => MayFail = IsImpossible = true;

    public bool IsEnded => View?.IsEnded == true;

    public bool IsCompleted => View?.State == TransferState.Completed;

    /// <summary>On either side.</summary>
    internal bool IsFinishing => View?.State == TransferState.Finishing || Received?.State == TransferState.Finishing;

    /// <summary>What the receiver's user last saw of it.</summary>
    internal TransferView? Received => Transfer is { } id ? To.Transfers.GetValueOrDefault(id) : null;

    internal long BytesDone => View?.BytesDone ?? 0;

    internal string Outcome => View?.State.ToString() ?? "not begun";

    internal string Detail => View?.Detail is { } detail ? $"({detail})" : "";

    private TransferView? View => Transfer is { } id ? From.Transfers.GetValueOrDefault(id) : null;

    /// <summary>Files of it may be withdrawn, and said so: what its sender reads from its disk is not always what was written.</summary>
    public bool MayLackFiles { get; internal set; }

    /// <param name="mayLack">what is there counts, and not what is missing</param>
    /// <returns>null: names, kinds and bytes in the receiver's destination are those that were sent</returns>
    internal string? Difference(bool mayLack = false)
    {
        var arrived = Tree(To.Disk, Place).ToDictionary(e => e.Path);
        foreach (var sent in _content)
        {
            if (!arrived.Remove(sent.Path, out var there))
            {
                if (mayLack)
                    continue;
                return $"{Top}/{sent.Path} is not there";
            }
            if (sent.LinkTarget != there.LinkTarget || sent.IsDirectory != there.IsDirectory
                || (sent.Bytes is { } bytes && !bytes.AsSpan().SequenceEqual(there.Bytes)))
                return $"{Top}/{sent.Path} is not what was sent";
        }
        return arrived.Keys.Order(StringComparer.Ordinal).FirstOrDefault() is { } extra ? $"{Top}/{extra} was never sent" : null;
    }

    // A file is its own tree, without a name.
    private static IReadOnlyList<DiskEntry> Tree(SimulatedDisk disk, string path) =>
        disk.Find(path) is { IsDirectory: false } file ? [file] : disk.Snapshot(path);
}
