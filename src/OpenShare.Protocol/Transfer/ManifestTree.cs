using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer;

/// <summary>
/// The paths of a manifest so far. An entry lies at the top or in a directory listed before it, so no entry can lie
/// under a file or be reached through a link, and the table grows only with what the manifest itself holds.
/// </summary>
internal sealed class ManifestTree
{
    private readonly Dictionary<string, EntryKind> _kinds = new(StringComparer.Ordinal);

    internal ManifestRefusal? Add(RelativePath path, EntryKind kind)
    {
        var parent = path.Parent;
        if (parent.Length > 0 && (!_kinds.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(parent, out var above) || above != EntryKind.EntryDirectory))
            return new ManifestRefusal(ManifestRefusalKind.NotInADirectory,
                $"'{Printable.Shorten(path.Value, 120)}' does not lie in a directory that was listed before it.");
        if (!_kinds.TryAdd(path.Value, kind))
            return new ManifestRefusal(ManifestRefusalKind.DuplicatePath, $"'{Printable.Shorten(path.Value, 120)}' is listed twice.");
        return null;
    }

    internal void Remove(RelativePath path) => _kinds.Remove(path.Value);
}
