using System.Buffers.Binary;
using OpenShare.Device.Storage.Disk;

namespace OpenShare.Device.Storage.Database;

/// <summary>
/// What the files were that start on one page, as one value: 44 bytes each, big-endian: entry number (4), size, time of change, time of
/// the inode's change, inode, device (8 each). A row for each small file was a tenth of what sending it took.
/// </summary>
internal static class IdentityRun
{
    internal const int Length = sizeof(uint) + 5 * sizeof(long);

    internal static byte[] Pack(IReadOnlyList<SourceIdentity> identities)
    {
        var run = new byte[identities.Count * Length];
        var rest = run.AsSpan();
        foreach (var (entryNo, file) in identities)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, entryNo);
            BinaryPrimitives.WriteInt64BigEndian(rest[4..], file.Size);
            BinaryPrimitives.WriteInt64BigEndian(rest[12..], file.MtimeNs);
            BinaryPrimitives.WriteInt64BigEndian(rest[20..], file.CtimeNs);
            BinaryPrimitives.WriteUInt64BigEndian(rest[28..], file.Inode);
            BinaryPrimitives.WriteUInt64BigEndian(rest[36..], file.Device);
            rest = rest[Length..];
        }
        return run;
    }

    internal static SourceIdentity[] Unpack(ReadOnlySpan<byte> run)
    {
        var identities = new SourceIdentity[run.Length / Length];
        foreach (ref var identity in identities.AsSpan())
        {
            identity = new SourceIdentity(BinaryPrimitives.ReadUInt32BigEndian(run), new FileIdentity(
                BinaryPrimitives.ReadInt64BigEndian(run[4..]), BinaryPrimitives.ReadInt64BigEndian(run[12..]), BinaryPrimitives.ReadInt64BigEndian(run[20..]),
                BinaryPrimitives.ReadUInt64BigEndian(run[28..]), BinaryPrimitives.ReadUInt64BigEndian(run[36..])));
            run = run[Length..];
        }
        return identities;
    }
}
