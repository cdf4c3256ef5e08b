using OpenShare.Device.Hosting;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Scenarios;

/// <summary>One order to send, and what became of it. It keeps what was to be sent, since a disk may change.</summary>
public sealed class Delivery
{
    private readonly SortedDictionary<string, byte[]?> _content;

    /// <param name="source">the top's path on the sender's disk</param>
    internal Delivery(SimulatedDevice from, SimulatedDevice to, string source)
    {
        (From, To, Source) = (from, to, source);
        Top = source[(source.LastIndexOf('/') + 1)..];
        _content = from.Disk.Tree(source);
        Bytes = _content.Values.Sum(b => (long)(b?.Length ?? 0));
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

    public bool IsEnded => View?.IsEnded == true;

    public bool IsCompleted => View?.State == TransferState.Completed;

    internal string Outcome => View?.State.ToString() ?? "not begun";

    internal string Detail => View?.Detail is { } detail ? $"({detail})" : "";

    private TransferView? View => Transfer is { } id ? From.Transfers.GetValueOrDefault(id) : null;

    /// <returns>null: names, kinds and bytes in the receiver's destination are those that were sent</returns>
    internal string? Difference()
    {
        var arrived = To.Disk.Tree(Place);
        foreach (var (name, bytes) in _content)
        {
            if (!arrived.TryGetValue(name, out var there))
                return $"{Top}{name} is not there";
            if (bytes is null != there is null || (bytes is not null && !bytes.AsSpan().SequenceEqual(there)))
                return $"{Top}{name} is not what was sent";
        }
        return arrived.Keys.FirstOrDefault(n => !_content.ContainsKey(n)) is { } extra ? $"{Top}{extra} was never sent" : null;
    }
}
