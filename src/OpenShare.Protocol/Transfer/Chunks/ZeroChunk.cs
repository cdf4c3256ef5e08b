using System.Security.Cryptography;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Chunks;

/// <summary>A chunk of nothing but zeros, as disk images and preallocated files are full of: everybody has it.</summary>
public static class ZeroChunk
{
    // Of the lengths that such content is cut into: a file's end, of any length, travels.
    private static readonly byte[] Fixed = SHA256.HashData(new byte[Limits.DefaultChunk]);
    private static readonly byte[] ContentCutMost = SHA256.HashData(new byte[ContentCut.Most]);

    /// <summary>The hash of so many zeros, where a chunk of that length counts as one of these. Not to be changed.</summary>
    public static byte[]? Sha256(int length) => length switch
    {
        Limits.DefaultChunk => Fixed,
        ContentCut.Most => ContentCutMost,
        _ => null,
    };

    public static bool Is(ChunkLocation chunk) => Is(chunk.Sha256.Span, chunk.Length);

    /// <param name="sha256">32 bytes</param>
    /// <param name="length">bytes of the chunk</param>
    public static bool Is(ReadOnlySpan<byte> sha256, int length) => Sha256(length) is { } zeros && sha256.SequenceEqual(zeros);
}
