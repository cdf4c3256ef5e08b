using System.Collections.Immutable;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer;

public enum FileState
{
    /// <summary>nothing of it is there yet</summary>
    ToCome,

    /// <summary>a part of it is there, or on its way</summary>
    UnderWay,

    /// <summary>all of it is there</summary>
    Done,

    /// <summary>withdrawn by the sender, or refused or skipped by the receiver</summary>
    LeftOut,
}

/// <param name="BytesDone">verified and written at the receiver</param>
public sealed record FileProgress(string Path, long Size, long BytesDone, FileState State);

/// <summary>How far each file of a transfer is. Made when somebody asks, from the chunk map: nothing is counted for it as chunks travel.</summary>
/// <param name="List">of the files asked for, in the order of the file list</param>
/// <param name="Next">the entry to ask from for those that follow; null: there are none, yet</param>
public sealed record FilesProgress(int Done, int UnderWay, int ToCome, int LeftOut, ImmutableArray<FileProgress> List, uint? Next)
{
    /// <summary>Files that one answer lists at most.</summary>
    public const int Most = 1000;

    /// <param name="isThere">by ordinal: verified and written</param>
    /// <param name="isLeftOut">by entry number</param>
    /// <param name="travelling">entry numbers of files whose chunks are on their way</param>
    public static FilesProgress Of(Manifest manifest, Func<long, bool> isThere, Func<uint, bool> isLeftOut, IReadOnlySet<uint> travelling, FilesAsked asked)
    {
        var counts = new int[Enum.GetValues<FileState>().Length];
        var list = ImmutableArray.CreateBuilder<FileProgress>();
        uint? next = null;
        var there = BytesThere(manifest, isThere);
        foreach (var entry in manifest.Entries)
        {
            if (entry.Kind != EntryKind.EntryFile)
                continue;
            var bytes = there[entry.Number];
            var state = entry.Abandoned || isLeftOut(entry.Number) ? FileState.LeftOut
                : bytes == entry.Size ? FileState.Done
                : bytes > 0 || travelling.Contains(entry.Number) ? FileState.UnderWay
                : FileState.ToCome;
            counts[(int)state]++;
            if (entry.Number < asked.From || asked.State is { } only && only != state)
                continue;
            if (list.Count < asked.Count)
                list.Add(new FileProgress(entry.Path.Value, entry.Size, bytes, state));
            else
                next ??= entry.Number;
        }
        return new FilesProgress(
            counts[(int)FileState.Done], counts[(int)FileState.UnderWay], counts[(int)FileState.ToCome], counts[(int)FileState.LeftOut], list.ToImmutable(), next);
    }

    // Page by page, as the lengths are kept: a file of 1 TiB is a million chunks.
    private static long[] BytesThere(Manifest manifest, Func<long, bool> isThere)
    {
        var bytes = new long[manifest.Entries.Count];
        foreach (var page in manifest.Pages)
        {
            foreach (var part in page.Parts)
            {
                for (var ordinal = part.FirstOrdinal; ordinal < part.FirstOrdinal + part.ChunkCount; ordinal++)
                    bytes[part.Entry.Number] += isThere(ordinal) ? page.LengthOf(ordinal) : 0;
            }
        }
        return bytes;
    }
}

/// <summary>Which files are listed.</summary>
/// <param name="From">an entry number: those before it are not</param>
/// <param name="Count">0 to <see cref="FilesProgress.Most"/></param>
/// <param name="State">null: of every state</param>
public sealed record FilesAsked(uint From, int Count, FileState? State = null);
