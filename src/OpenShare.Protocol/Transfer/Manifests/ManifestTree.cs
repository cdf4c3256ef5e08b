using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>
/// The paths of a manifest so far. An entry lies at the top or in a directory listed before it, so no entry can lie
/// under a file or be reached through a link, and the table grows only with what the manifest itself holds.
/// </summary>
internal sealed class ManifestTree
{
    // Half a SHA-256 of each path, and of each directory's with a '/' behind it. That two paths have the same happens to nobody, and who
    // would look for such a pair, 2^64 hashes long, gets his own list refused or one without a directory, which the receiver makes then.
    private readonly HashBuckets _listed = new();

    // Entries come directory by directory.
    private byte[] _parent = [];

    internal ManifestRefusal? Add(RelativePath path, EntryKind kind)
    {
        Span<byte> buffer = stackalloc byte[Limits.Path + 1];
        var directory = Utf8(path, buffer);
        var parent = directory[..(directory[..^1].LastIndexOf((byte)'/') + 1)];
        if (!parent.SequenceEqual(_parent))
        {
            if (!parent.IsEmpty && !_listed.Contains(Key(parent)))
                return new ManifestRefusal(ManifestRefusalKind.NotInADirectory,
                    $"'{Printable.Shorten(path.Value, 120)}' does not lie in a directory that was listed before it.");
            _parent = parent.ToArray();
        }
        if (!_listed.Add(Key(directory[..^1])))
            return new ManifestRefusal(ManifestRefusalKind.DuplicatePath, $"'{Printable.Shorten(path.Value, 120)}' is listed twice.");
        if (kind == EntryKind.EntryDirectory)
            _listed.Add(Key(directory));
        return null;
    }

    internal bool Contains(RelativePath path)
    {
        Span<byte> buffer = stackalloc byte[Limits.Path + 1];
        return _listed.Contains(Key(Utf8(path, buffer)[..^1]));
    }

    internal void Remove(RelativePath path)
    {
        Span<byte> buffer = stackalloc byte[Limits.Path + 1];
        var directory = Utf8(path, buffer);
        _listed.Remove(Key(directory[..^1]));
        _listed.Remove(Key(directory));
        _parent = [];
    }

    /// <returns>the path as it would be as a directory: with a '/' behind it</returns>
    private static Span<byte> Utf8(RelativePath path, Span<byte> buffer)
    {
        var length = Encoding.UTF8.GetBytes(path.Value, buffer);
        buffer[length] = (byte)'/';
        return buffer[..(length + 1)];
    }

    private static UInt128 Key(ReadOnlySpan<byte> path)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(path, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
