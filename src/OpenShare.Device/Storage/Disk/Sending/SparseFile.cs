using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk.Sending;

/// <summary>Holes of a file that is sent: a chunk that lies wholly in one is not read, since its hash is known.</summary>
public static class SparseFile
{
    /// <summary>Bytes of the chunks that lie wholly in holes. Where they are cut by content, no more than there are in any case.</summary>
    public static long ZeroBytes(this ISource source, SourceEntry file, bool isContentCut)
    {
        var zeros = 0L;
        for (var offset = 0L; file.Size - offset >= Limits.DefaultChunk;)
        {
            if (source.StretchAt(file.Path, file.Identity, offset) is not { } stretch)
                return 0;
            var end = Math.Min(stretch.End, file.Size);
            if (stretch.IsHole)
                zeros += isContentCut ? Math.Max(0, ((end - offset) / ContentCut.Most) - 1) * ContentCut.Most : Math.Max(0, Down(end) - Down(offset + Limits.DefaultChunk - 1));
            // Of a chunk that has data in it no more need be known.
            offset = stretch.IsHole ? end : Math.Max(end, Down(offset) + Limits.DefaultChunk);
        }

        return zeros;
    }

    /// <summary>The chunks from this byte on, where one begins, that are holes.</summary>
    /// <param name="length">of a chunk</param>
    /// <param name="most">so many at most</param>
    /// <param name="data">bytes up to the next hole, where there is none at this byte</param>
    public static IReadOnlyList<HashedChunk> HolesAt(this ISource source, SourceEntry file, long offset, int length, int most, out long data)
    {
        var stretch = source.StretchAt(file.Path, file.Identity, offset) ?? new FileStretch(IsHole: false, End: long.MaxValue);
        var bytes = Math.Min(stretch.End, file.Size) - offset;
        data = stretch.IsHole ? 0 : bytes;
        return stretch.IsHole && ZeroChunk.Sha256(length) is { } zeros
            ? [.. Enumerable.Repeat(new HashedChunk(zeros, length, IsHole: true), (int)Math.Min(bytes / length, most))]
            : [];
    }

    private static long Down(long offset) => offset / Limits.DefaultChunk * Limits.DefaultChunk;
}
