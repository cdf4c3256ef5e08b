using System.Diagnostics;
using System.Security.Cryptography;
using OpenShare.Protocol.Transfer;
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
