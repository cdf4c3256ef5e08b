using System.Security.Cryptography;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Simulated;

/// <summary>What is sent in every simulation: entries of each kind, over several pages, in chunks of all lengths.</summary>
internal static class Tree
{
    internal static readonly List<Signed> Pages = [.. Build()];
    internal static readonly Protocol.Transfer.Manifests.Manifest Manifest = Some.Read(Pages);
    internal static readonly TransferTuning Tuning = new() { Streams = 3, Window = 2, PageWindow = 2, FrameBytes = 200, FrameChunks = 4 };

    /// <summary>Chunks that can be under way at a time, and so travel again after a cut.</summary>
    internal static int Windows => Tuning.Streams * Tuning.Window * Tuning.FrameChunks;

    /// <summary>The bytes of a chunk by its ordinal.</summary>
    internal static byte[] Content(long ordinal) => [.. Enumerable.Repeat((byte)ordinal, 10 + (int)(ordinal * 37 % 150))];

    private static IEnumerable<Signed> Build()
    {
        var builder = Some.Builder();
        var pages = new List<Signed?> { builder.AddDirectory(Some.Path("tree"), 0x1ED, 1) };
        File("tree/long", 40, abandon: false);
        File("tree/empty", 0, abandon: false);
        pages.Add(builder.AddSymlink(Some.Path("tree/link"), LinkTarget.Parse("long", Some.Path("tree/link")), 1));
        for (var i = 0; i < 12; i++)
            File($"tree/small {i}", 1 + i % 3, abandon: false);
        File("tree/shrinks", 30, abandon: true);
        File("tree/last", 5, abandon: false);
        pages.Add(builder.Finish());
        return pages.OfType<Signed>();

        void File(string path, int chunks, bool abandon)
        {
            var first = builder.ChunkCount;
            var size = Enumerable.Range(0, chunks).Sum(i => (long)Content(first + i).Length);
            pages.Add(builder.BeginFile(Some.Path(path), abandon ? size + 1 : size, 0x1A4, 1));
            for (var i = 0; i < chunks; i++)
                pages.Add(builder.AddChunk(SHA256.HashData(Content(first + i)), Content(first + i).Length));
            if (abandon)
                pages.Add(builder.AbandonFile().Closed);
        }
    }
}
