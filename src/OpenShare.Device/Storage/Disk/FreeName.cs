using System.Text;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Disk;

/// <summary>The conflict policy "rename": name, name (2), name (3) …, with a file's extension kept at the end.</summary>
internal static class FreeName
{
    internal static IEnumerable<string> Candidates(string name, bool isDirectory)
    {
        yield return name;
        var (stem, extension) = isDirectory ? (name, "") : Split(name);
        for (var n = 2; ; n++)
        {
            var suffix = $" ({n}){extension}";
            yield return Shorten(stem, Limits.PathComponent - Encoding.UTF8.GetByteCount(suffix)) + suffix;
        }
    }

    private static (string Stem, string Extension) Split(string name)
    {
        var extension = Path.GetExtension(name);
        // ".profile" is all name; so is an "extension" that fills it.
        if (extension.Length == name.Length || extension.Length > 16)
            return (name, "");
        var stem = name[..^extension.Length];
        return stem.EndsWith(".tar", StringComparison.OrdinalIgnoreCase) && stem.Length > 4
            ? (stem[..^4], stem[^4..] + extension)
            : (stem, extension);
    }

    private static string Shorten(string text, int bytes)
    {
        while (Encoding.UTF8.GetByteCount(text) > bytes)
            text = text[..^(char.IsLowSurrogate(text[^1]) && text.Length > 1 ? 2 : 1)];
        return text;
    }
}
