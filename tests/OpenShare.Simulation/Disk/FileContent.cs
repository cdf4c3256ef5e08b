namespace OpenShare.Simulation.Disk;

/// <summary>
/// A file's bytes as processes see them, and, of each block written since the last sync, what the medium had: that is
/// what a loss of power brings back.
/// </summary>
internal sealed class FileContent
{
    internal const int Block = 4096;
    private const int Sector = 512;

    // By block; shorter than a block, or empty, where zeros follow.
    private readonly SortedDictionary<int, byte[]> _before = [];

    // Of blocks that the medium did not take, which the system has told: a sync has them to do once they are written again.
    private readonly SortedDictionary<int, byte[]> _dropped = [];
    private byte[] _bytes = [];
    private int _syncedLength;

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    internal int Read(Span<byte> into, long offset)
    {
        var count = (int)Math.Clamp(Length - offset, 0, into.Length);
        if (count > 0)
            _bytes.AsSpan((int)offset, count).CopyTo(into);
        return count;
    }

    internal void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (bytes.Length == 0)
            return;
        var start = checked((int)offset);
        Extend(start + bytes.Length);
        for (var block = start / Block; block * Block < start + bytes.Length; block++)
        {
            if (_dropped.Remove(block, out var before))
                _before.TryAdd(block, before);
            else if (!_before.ContainsKey(block))
                _before.Add(block, block * Block < _syncedLength ? _bytes[(block * Block)..Math.Min((block + 1) * Block, _syncedLength)] : []);
        }
        bytes.CopyTo(_bytes.AsSpan(start));
    }

    /// <summary>At least so long, the new part zeros.</summary>
    internal void Extend(int length)
    {
        if (length <= Length)
            return;
        if (length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(length, Math.Min(2 * _bytes.Length, 1 << 26)));
        Length = length;
    }

    /// <summary>Another content, at once and on the medium.</summary>
    internal void Replace(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();
        Length = bytes.Length;
        _dropped.Clear();
        Sync();
    }

    /// <summary>The medium does not take what was written and not synced: processes see it still, and no sync has anything to do.</summary>
    internal void Drop()
    {
        foreach (var (block, before) in _before)
            _dropped.TryAdd(block, before);
        Sync();
    }

    internal void Sync()
    {
        _before.Clear();
        _syncedLength = Length;
    }

    /// <summary>Of what was not synced, all, nothing, the first part, or some blocks are on the medium; so too the length.</summary>
    internal void LosePower(Random random)
    {
        if (_before.Count > 0)
            Tear(random);
        foreach (var (block, before) in _dropped)
            Restore(block, before, kept: 0);
        _dropped.Clear();
        if (Length != _syncedLength && random.Next(3) == 0)
        {
            _bytes.AsSpan(_syncedLength).Clear();
            Length = _syncedLength;
        }
        Sync();
    }

    private void Tear(Random random)
    {
        var how = random.Next(4);
        var sectors = random.Next(_before.Count * (Block / Sector) + 1);
        foreach (var (block, before) in _before)
        {
            var kept = how switch
            {
                0 => Block,
                1 => 0,
                2 => random.Next(2) * Block,
                _ => Math.Min(Block, sectors * Sector),
            };
            sectors -= Math.Min(sectors, Block / Sector);
            Restore(block, before, kept);
        }
    }

    private void Restore(int block, byte[] before, int kept)
    {
        var lost = _bytes.AsSpan(block * Block, Math.Min(Block, _bytes.Length - block * Block))[Math.Min(kept, Math.Min(Block, _bytes.Length - block * Block))..];
        lost.Clear();
        if (kept < before.Length)
            before.AsSpan(kept, Math.Min(before.Length - kept, lost.Length)).CopyTo(lost);
    }
}
