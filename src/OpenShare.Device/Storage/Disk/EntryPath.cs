using System.Buffers;
using System.Text;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk;

/// <summary>The rules for paths and link targets on the disk's side: the last gate before a name becomes a file.</summary>
internal static class EntryPath
{
    private static readonly string[] WindowsDevices =
        ["CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$", .. Enumerable.Range(0, 10).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" })];

    private static readonly SearchValues<char> WindowsForbidden = SearchValues.Create("\\:*?\"<>|");

    /// <returns>why this cannot be a path beneath a directory here; null when it can</returns>
    internal static string? Problem(string path)
    {
        if (path.Length == 0)
            return "it is empty";
        if (Encoding.UTF8.GetByteCount(path) > Limits.Path)
            return $"it is longer than {Limits.Path} bytes";
        if (path.AsSpan().Count('/') >= Limits.PathDepth)
            return $"it is more than {Limits.PathDepth} directories deep";
        foreach (var component in path.AsSpan().Split('/'))
        {
            if (ComponentProblem(path.AsSpan()[component]) is { } problem)
                return problem;
        }

        return null;
    }

    internal static string Top(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? path : path[..slash];
    }

    internal static string? Parent(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? null : path[..slash];
    }

    /// <summary>
    /// True when the link cannot lead out of its top folder: its target is relative, climbs only at its start (a
    /// ".." after a name may follow another link first, and so climb from elsewhere), and never above the top folder.
    /// </summary>
    internal static bool IsInside(string linkPath, string target)
    {
        if (target.Length == 0 || target[0] == '/' || target.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(target) > Limits.Path)
            return false;
        if (OperatingSystem.IsWindows() && target.AsSpan().ContainsAny('\\', ':'))
            return false;
        var components = target.Split('/');
        var climbs = components.TakeWhile(c => c is ".." or "." or "").Count(c => c is "..");
        // The link's directories below the top folder: a link that is itself the top has none, and nothing to point at.
        var room = linkPath.Count(c => c == '/') - 1;
        return climbs <= room && components.Count(c => c is "..") == climbs;
    }

    private static string? ComponentProblem(ReadOnlySpan<char> name)
    {
        if (name is "" or "." or "..")
            return "it has an empty, '.' or '..' component";
        if (name.Contains('\0'))
            return "it has a NUL character";
        if (Encoding.UTF8.GetByteCount(name) > Limits.PathComponent)
            return $"a name in it is longer than {Limits.PathComponent} bytes";
        return OperatingSystem.IsWindows() ? WindowsProblem(name.ToString()) : null;
    }

    internal static string? WindowsProblem(string name)
    {
        if (name.AsSpan().ContainsAny(WindowsForbidden) || name.Any(c => c < ' '))
            return "Windows does not allow one of its characters";
        if (name[^1] is '.' or ' ')
            return "Windows drops a full stop or space at the end of a name";
        var stem = name.Split('.')[0].TrimEnd();
        return WindowsDevices.Contains(stem, StringComparer.OrdinalIgnoreCase) ? $"Windows keeps the name {stem} for a device" : null;
    }
}
