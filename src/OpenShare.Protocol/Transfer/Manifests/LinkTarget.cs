using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>
/// Where a symbolic link points, as its text. It stays inside the top folder it is sent with: some '..' first, then
/// names, never '..' after a name. With a name before it '..' would mean whatever that name turns out to be
/// ('deep/link/..' leaves the tree when the link points to its root), and then no look at the text alone could tell.
/// </summary>
public readonly record struct LinkTarget
{
    private readonly string? _value;

    private LinkTarget(string value) => _value = value;

    public string Value => _value ?? "";

    /// <exception cref="ProtocolException">it points out of the folder, or is no path</exception>
    public static LinkTarget Parse(string text, RelativePath link) =>
        TryParse(text, link, out var target)
            ? target
            : throw new ProtocolException($"The link '{Printable.Shorten(link.Value, 120)}' points out of the folder it is sent with, to '{Printable.Shorten(text, 120)}'.");

    public static bool TryParse(string? text, RelativePath link, out LinkTarget target)
    {
        target = default;
        if (string.IsNullOrEmpty(text) || text[0] == '/' || text.Contains('\0') || text.Length > Limits.Path || !StaysInside(text, link.Depth))
            return false;
        target = new LinkTarget(text);
        return true;
    }

    public override string ToString() => Value;

    private static bool StaysInside(string text, int depth)
    {
        var named = false;
        foreach (var range in text.AsSpan().Split('/'))
        {
            var component = text.AsSpan(range);
            if (component is "" or ".")
                continue;
            if (component is not "..")
                named = true;
            else if (named || --depth < 1)
                return false;
        }
        // A link at the very top has no folder of its own to stay in.
        return depth >= 1;
    }
}
