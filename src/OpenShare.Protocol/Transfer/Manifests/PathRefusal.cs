using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>Why a text is no <see cref="RelativePath"/>.</summary>
public enum PathRefusal
{
    None,
    Empty,
    Absolute,
    EmptyComponent,
    DotComponent,
    ParentComponent,
    Nul,
    NotUnicode,
    ComponentTooLong,
    TooLong,
    TooDeep,
}

public static class PathRefusals
{
    private const int Shown = 120;

    public static string Describe(this PathRefusal refusal, string? text)
    {
        var name = Printable.Shorten(text, Shown);
        return refusal switch
        {
            PathRefusal.Empty => "An entry has no name.",
            PathRefusal.Absolute => $"The name '{name}' starts at the root of the file system instead of below the destination.",
            PathRefusal.EmptyComponent => $"The name '{name}' has an empty part between two slashes.",
            PathRefusal.DotComponent => $"The name '{name}' has '.' as a part.",
            PathRefusal.ParentComponent => $"The name '{name}' has '..' as a part and could lead out of the destination.",
            PathRefusal.Nul => $"The name '{name}' has a NUL character in it.",
            PathRefusal.NotUnicode => $"The name '{name}' is not valid Unicode.",
            PathRefusal.ComponentTooLong => $"A part of the name '{name}' is longer than {Limits.PathComponent} bytes.",
            PathRefusal.TooLong => $"The name '{name}' is longer than {Limits.Path} bytes.",
            PathRefusal.TooDeep => $"The name '{name}' lies deeper than {Limits.PathDepth} levels.",
            _ => $"The name '{name}' is fine.",
        };
    }
}
