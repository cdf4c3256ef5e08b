using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>
/// Questions whose askers say that more of what they know follows (RFC 6762 §7.2): they are answered only when that had
/// time to come and did not hold the answer. One for each asker, and few at once: who has no place is answered at once.
/// </summary>
internal sealed class HeldQueries
{
    private const int Most = 32;

    private readonly Dictionary<IPEndPoint, Held> _held = [];

    /// <summary>When the first is due.</summary>
    internal DateTimeOffset Next { get; private set; } = DateTimeOffset.MaxValue;

    /// <returns>false: there is no room for it</returns>
    internal bool Hold(IPEndPoint asker, ImmutableArray<DnsRecord> asked, DateTimeOffset until)
    {
        // Several agents of one host may ask from one address: none of them is to wait for ever, nor to lose its question.
        if (_held.TryGetValue(asker, out var held))
            _held[asker] = new Held([.. held.Asked.Union(asked)], held.Until);
        else if (_held.Count == Most)
            return false;
        else
            _held[asker] = new Held(asked, until);
        Next = until < Next ? until : Next;
        return true;
    }

    /// <summary>The asker knows more.</summary>
    /// <param name="until">null: this was the last of it</param>
    internal void Continue(IPEndPoint asker, Func<DnsRecord, bool> isKnown, DateTimeOffset? until)
    {
        if (!_held.TryGetValue(asker, out var held))
            return;
        ImmutableArray<DnsRecord> asked = [.. held.Asked.Where(r => !isKnown(r))];
        if (asked.IsEmpty)
            _held.Remove(asker);
        else
            _held[asker] = new Held(asked, until ?? held.Until);
    }

    /// <summary>What is still asked for by those whose time is up.</summary>
    internal ImmutableArray<DnsRecord> TakeDue(DateTimeOffset now)
    {
        var due = _held.Where(h => h.Value.Until <= now).ToList();
        foreach (var (asker, _) in due)
            _held.Remove(asker);
        Next = _held.Count == 0 ? DateTimeOffset.MaxValue : _held.Values.Min(h => h.Until);
        return [.. due.SelectMany(d => d.Value.Asked).Distinct()];
    }

    internal void Clear()
    {
        _held.Clear();
        Next = DateTimeOffset.MaxValue;
    }

    private sealed record Held(ImmutableArray<DnsRecord> Asked, DateTimeOffset Until);
}
