using System.Diagnostics;
using System.Security.Cryptography;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Wire;

namespace OpenShare.Benchmarks;

/// <summary>What boundaries by content cost beside fixed ones: CPU seconds a GB, on one thread, of random bytes in memory; the best of five rounds.</summary>
internal static class Cut
{
    private const int Rounds = 5;

    internal static void Run(int mebibytes)
    {
        var content = new byte[mebibytes * 1024 * 1024];
        new Random(1).NextBytes(content);
        var chunks = 0;
        foreach (var (what, work) in new (string, Action)[]
        {
            ("fixed chunks of 1 MiB, hashed", () => chunks = Hash(content, rest => Math.Min(rest.Length, Limits.DefaultChunk))),
            ("chunks by content, not hashed", () => chunks = Walk(content, rest => ContentCut.Length(rest))),
            ("chunks by content, hashed", () => chunks = Hash(content, rest => ContentCut.Length(rest))),
        })
        {
            var best = Enumerable.Range(0, Rounds).Min(_ => Seconds(work));
            Console.WriteLine($"{what}: {best * 1e9 / content.Length:0.000} s/GB, {chunks} chunks of {content.Length / chunks / 1024} KiB");
        }
        Console.WriteLine($"with 1 KiB more at its front {NewBytes(content)} bytes are in chunks that were not there");
    }

    // What a KiB at the front of it moves.
    private static long NewBytes(byte[] content)
    {
        var known = Lengths(content).Select(c => Convert.ToHexString(SHA256.HashData(content.AsSpan(c.Offset, c.Length)))).ToHashSet();
        byte[] after = [.. new byte[1024], .. content];
        return Lengths(after).Where(c => !known.Contains(Convert.ToHexString(SHA256.HashData(after.AsSpan(c.Offset, c.Length))))).Sum(c => (long)c.Length);
    }

    private static IEnumerable<(int Offset, int Length)> Lengths(byte[] content)
    {
        for (var offset = 0; offset < content.Length;)
        {
            var length = ContentCut.Length(content.AsSpan(offset));
            yield return (offset, length);
            offset += length;
        }
    }

    private delegate int Length(ReadOnlySpan<byte> rest);

    private static int Hash(byte[] content, Length length)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var chunks = 0;
        for (ReadOnlySpan<byte> rest = content; rest.Length > 0; chunks++)
        {
            var chunk = rest[..length(rest)];
            SHA256.HashData(chunk, hash);
            rest = rest[chunk.Length..];
        }
        return chunks;
    }

    private static int Walk(byte[] content, Length length)
    {
        var chunks = 0;
        for (ReadOnlySpan<byte> rest = content; rest.Length > 0; chunks++)
            rest = rest[length(rest)..];
        return chunks;
    }

    private static double Seconds(Action work)
    {
        var before = Process.GetCurrentProcess().UserProcessorTime;
        work();
        return (Process.GetCurrentProcess().UserProcessorTime - before).TotalSeconds;
    }
}
