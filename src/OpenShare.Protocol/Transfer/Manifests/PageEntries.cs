using System.Text;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>
/// The entries that begin on one page, in columns: some 30 bytes an entry beside its path, and what few have only where there is any.
/// All but the last are listed to their end; the last grows as later pages go on with it.
/// </summary>
/// <param name="firstNumber">of the first of them, in the manifest</param>
/// <param name="firstOrdinal">of the page's first chunk</param>
/// <param name="capacity">entries that will be added</param>
/// <param name="pathBytes">UTF-8 bytes of all their paths</param>
internal sealed class PageEntries(int page, uint firstNumber, long firstOrdinal, int capacity, int pathBytes)
{
    private const byte KindBits = 3;
    private const byte TextBit = 4;
    private const byte ContentCutBit = 8;

    private readonly byte[] _paths = new byte[pathBytes];
    private readonly int[] _pathEnds = new int[capacity];
    private readonly int[] _chunkStarts = new int[capacity];
    private readonly long[] _sizes = new long[capacity];
    private readonly long[] _mtimes = new long[capacity];
    private readonly ushort[] _modes = new ushort[capacity];
    private readonly byte[] _kinds = new byte[capacity];
    private Dictionary<int, LinkTarget>? _links;
    private Dictionary<int, long>? _zeroBytes;
    private long _lastChunks;
    private long _lastBytes;
    private bool _isLastAbandoned;

    internal int Page => page;

    internal uint FirstNumber => firstNumber;

    internal int Count { get; private set; }

    internal IEnumerable<long> Sizes => _sizes.Take(Count);

    internal TransferEntry this[int index] => new(this, index);

    /// <summary>The next one begins. The one before it is listed to its end.</summary>
    /// <param name="wire">what was checked of it</param>
    /// <param name="chunkStart">chunks of the page before its own</param>
    internal TransferEntry Add(RelativePath path, ManifestEntry wire, LinkTarget? link, int chunkStart)
    {
        var index = Count++;
        _pathEnds[index] = PathStart(index) + Encoding.UTF8.GetBytes(path.Value, _paths.AsSpan(PathStart(index)));
        _chunkStarts[index] = chunkStart;
        _sizes[index] = (long)wire.Size;
        _mtimes[index] = wire.MtimeNs;
        _modes[index] = (ushort)wire.Mode;
        _kinds[index] = (byte)((byte)wire.Kind | (wire.Text ? TextBit : 0) | (wire.ContentCut ? ContentCutBit : 0));
        if (link is { } target)
            (_links ??= []).Add(index, target);
        if (wire.ZeroBytes > 0)
            (_zeroBytes ??= []).Add(index, (long)wire.ZeroBytes);
        (_lastChunks, _lastBytes, _isLastAbandoned) = (0, 0, false);
        return this[index];
    }

    /// <summary>One more chunk of the last.</summary>
    internal void Grow(int length) => (_lastChunks, _lastBytes) = (_lastChunks + 1, _lastBytes + length);

    internal void AbandonLast() => _isLastAbandoned = true;

    internal RelativePath PathOf(int index) => RelativePath.OfUtf8(Utf8PathOf(index));

    internal bool IsTop(int index) => !Utf8PathOf(index).Contains((byte)'/');

    internal EntryKind KindOf(int index) => (EntryKind)(_kinds[index] & KindBits);

    internal bool IsText(int index) => (_kinds[index] & TextBit) != 0;

    internal bool IsContentCut(int index) => (_kinds[index] & ContentCutBit) != 0;

    internal long SizeOf(int index) => _sizes[index];

    internal long MtimeOf(int index) => _mtimes[index];

    internal uint ModeOf(int index) => _modes[index];

    internal LinkTarget? LinkOf(int index) => _links is { } links && links.TryGetValue(index, out var target) ? target : null;

    internal long ZeroBytesOf(int index) => _zeroBytes?.GetValueOrDefault(index) ?? 0;

    internal long FirstOrdinalOf(int index) => firstOrdinal + _chunkStarts[index];

    internal long ChunksOf(int index) => IsLast(index) ? _lastChunks : _chunkStarts[index + 1] - _chunkStarts[index];

    internal long ListedBytesOf(int index) => IsLast(index) ? _lastBytes : _sizes[index];

    internal bool IsAbandoned(int index) => IsLast(index) && _isLastAbandoned;

    /// <summary>Whose chunk this is: what has no chunks starts where the next one does, so the last that starts at or before it.</summary>
    /// <param name="ordinal">of a chunk of one of them</param>
    internal int IndexOf(long ordinal) => _chunkStarts.LastAtOrBefore(ordinal - firstOrdinal, static start => start);

    private bool IsLast(int index) => index == Count - 1;

    private ReadOnlySpan<byte> Utf8PathOf(int index) => _paths.AsSpan(PathStart(index).._pathEnds[index]);

    private int PathStart(int index) => index == 0 ? 0 : _pathEnds[index - 1];
}
