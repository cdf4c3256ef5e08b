using System.Text;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>
/// Where an entry lies below the destination: components joined by '/', none of them empty, '.' or '..', no NUL,
/// all lengths within <see cref="Limits"/>. Reserved names, case and normalisation are the destination's business:
/// 'aux.c' and a backslash are ordinary where its file system can hold them.
/// </summary>
public readonly record struct RelativePath
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string? _value;

    private RelativePath(string value) => _value = value;

    public string Value => _value ?? "";

    /// <summary>The last component.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>The path of the directory it lies in; empty at the top.</summary>
    public ReadOnlySpan<char> Parent => Value.AsSpan(0, Math.Max(0, Value.LastIndexOf('/')));

    /// <summary>The first component: the name under which a person sent it.</summary>
    public string Top => Value.IndexOf('/') is var slash and >= 0 ? Value[..slash] : Value;

    /// <summary>How many components lie above the last.</summary>
    public int Depth => Value.AsSpan().Count('/');

    public IReadOnlyList<string> Components => Value.Split('/');

    /// <exception cref="ProtocolException">not such a path; the message says why</exception>
    public static RelativePath Parse(string text) =>
        TryParse(text, out var path, out var refusal) ? path : throw new ProtocolException(refusal.Describe(text));

    public static bool TryParse(string? text, out RelativePath path, out PathRefusal refusal)
    {
        path = default;
        refusal = Judge(text);
        if (refusal != PathRefusal.None)
            return false;
        path = new RelativePath(text!);
        return true;
    }

    /// <summary>What was such a path when it was written down so.</summary>
    internal static RelativePath OfUtf8(ReadOnlySpan<byte> path) => new(Encoding.UTF8.GetString(path));

    /// <exception cref="ProtocolException">the name is not one component, or the path grows too long</exception>
    public RelativePath Child(string name) => Parse(Value + "/" + name);

    public override string ToString() => Value;

    private static PathRefusal Judge(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return PathRefusal.Empty;
        if (text[0] == '/')
            return PathRefusal.Absolute;
        if (text.Length > Limits.Path)
            return PathRefusal.TooLong;
        if (text.Contains('\0'))
            return PathRefusal.Nul;
        var total = Utf8Length(text);
        if (total < 0)
            return PathRefusal.NotUnicode;
        if (total > Limits.Path)
            return PathRefusal.TooLong;
        var components = 0;
        foreach (var range in text.AsSpan().Split('/'))
        {
            var refusal = JudgeComponent(text.AsSpan(range));
            if (refusal != PathRefusal.None)
                return refusal;
            components++;
        }
        return components > Limits.PathDepth ? PathRefusal.TooDeep : PathRefusal.None;
    }

    private static PathRefusal JudgeComponent(ReadOnlySpan<char> component) => component switch
    {
        "" => PathRefusal.EmptyComponent,
        "." => PathRefusal.DotComponent,
        ".." => PathRefusal.ParentComponent,
        _ when Utf8Length(component) > Limits.PathComponent => PathRefusal.ComponentTooLong,
        _ => PathRefusal.None,
    };

    // A lone surrogate has no UTF-8 form: such a name could not even be written down.
    private static int Utf8Length(ReadOnlySpan<char> text)
    {
        try
        {
            return StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return -1;
        }
    }
}
