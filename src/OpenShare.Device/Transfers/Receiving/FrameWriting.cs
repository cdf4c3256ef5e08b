using System.Security.Cryptography;
using OpenShare.Device.Channel;
using OpenShare.Device.Memory;
using OpenShare.Device.Storage.Disk;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receiving;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>What became of a frame's chunks.</summary>
/// <param name="Problem">the disk's, where it could not write; the chunks written before it count</param>
internal sealed record FrameResult(uint StreamId, IReadOnlyList<ChunkLocation> Written, IReadOnlyList<long> Mismatched, DiskResult Problem)
{
    /// <summary>Where the disk is full: what is left of the frame, to be tried again. Whoever has it disposes the frame.</summary>
    internal UnwrittenFrame? Left { get; init; }

    /// <summary>Of what is written, chunks that did not travel, and have the bytes of one that did.</summary>
    internal IReadOnlyList<ChunkLocation> Copied { get; init; } = [];

    /// <summary>What is equal to it was looked for again, and nothing more came of it.</summary>
    internal bool IsLookedAt { get; init; }

    internal FrameResult With(IReadOnlyList<ChunkLocation> copied) => this with { Written = [.. Written, .. copied], Copied = [.. Copied, .. copied], IsLookedAt = copied.Count == 0 };
}

/// <summary>A frame that waits for room on the disk, less what was written of it.</summary>
internal sealed record UnwrittenFrame(uint StreamId, InboundFrame Frame, IReadOnlyList<IncomingChunk> Chunks);

/// <summary>Verifies each chunk against its hash and writes those that match. Blocks: for a worker.</summary>
internal static class FrameWriting
{
    internal static FrameResult Run(uint streamId, InboundFrame frame, IReadOnlyList<IncomingChunk> chunks, IDestination destination)
    {
        var isKept = false;
        try
        {
            var (written, mismatched, copied) = (new List<ChunkLocation>(chunks.Count), new List<long>(), new List<ChunkLocation>());
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            for (var i = 0; i < chunks.Count; i++)
            {
                if (!chunks[i].Keep)
                    continue;
                var location = chunks[i].Location;
                var bytes = frame.Bytes(i);
                Hash(bytes, hash);
                if (!hash.SequenceEqual(location.Sha256.Span))
                {
                    mismatched.Add(location.Ordinal);
                    continue;
                }
                var result = destination.Write(DestinationEntries.From(location.Entry), location.Offset, bytes);
                if (!result.IsDone)
                {
                    isKept = result.Problem == DiskProblem.Full;
                    return new FrameResult(streamId, written, mismatched, result)
                    {
                        Left = isKept ? new UnwrittenFrame(streamId, frame, From(chunks, i)) : null,
                        Copied = copied,
                    };
                }
                written.Add(location);
                if (chunks[i].Copies.Count == 0)
                    continue;
                // What finds no room travels, and waits for it then.
                var copies = chunks[i].Copies.TakeWhile(c => destination.Write(DestinationEntries.From(c.Entry), c.Offset, bytes).IsDone).ToList();
                copied.AddRange(copies);
                written.AddRange(copies);
            }
            return new FrameResult(streamId, written, mismatched, DiskResult.Done) { Copied = copied };
        }
        finally
        {
            if (!isKept)
                frame.Dispose();
        }
    }

    private static List<IncomingChunk> From(IReadOnlyList<IncomingChunk> chunks, int first) =>
        [.. chunks.Select((chunk, i) => chunk with { Keep = chunk.Keep && i >= first })];

    /// <summary>Writes a chunk that may be there already from there, so that a sync has it to do.</summary>
    /// <returns>Missing where there is something else</returns>
    internal static DiskResult Again(ChunkLocation location, IDestination destination)
    {
        var buffer = LargeBuffers.Pool.Rent(location.Length);
        try
        {
            var (file, bytes) = (DestinationEntries.From(location.Entry), buffer.AsMemory(0, location.Length));
            var read = destination.Read(file, location.Offset, bytes);
            if (!read.IsDone)
                return read;
            return SHA256.HashData(bytes.Span).AsSpan().SequenceEqual(location.Sha256.Span)
                ? destination.Write(file, location.Offset, [bytes])
                : new DiskResult(DiskProblem.Missing, $"{file.Path}: what was noted as written is not there");
        }
        finally
        {
            LargeBuffers.Pool.Return(buffer);
        }
    }

    private static void Hash(IReadOnlyList<ReadOnlyMemory<byte>> stretches, Span<byte> hash)
    {
        if (stretches.Count == 1)
        {
            SHA256.HashData(stretches[0].Span, hash);
            return;
        }
        using var running = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var stretch in stretches)
            running.AppendData(stretch.Span);
        running.GetHashAndReset(hash);
    }
}
