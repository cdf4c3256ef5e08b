using System.Globalization;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Agent.Api;

/// <summary>Which files are asked for: <c>?from=N&amp;count=N&amp;state=WORD</c>, each of which may be left out.</summary>
internal static class FilesQuery
{
    /// <exception cref="ProtocolException">a value is none</exception>
    internal static FilesAsked Read(IQueryCollection query) => new(
        Number(query, "from", uint.MaxValue, 0), (int)Number(query, "count", FilesProgress.Most, FilesProgress.Most), State(query["state"]));

    private static uint Number(IQueryCollection query, string name, uint most, uint otherwise)
    {
        if ((string?)query[name] is not { } text)
            return otherwise;
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw new ProtocolException($"'{name}' is a whole number from 0 to {most}, and not '{Printable.Shorten(text, 40)}'.");
    }

    private static FileState? State(string? word)
    {
        if (word is null)
            return null;
        foreach (var state in Enum.GetValues<FileState>())
        {
            if (DocumentsOf.Word(state) == word)
                return state;
        }
        throw new ProtocolException($"'{Printable.Shorten(word, 40)}' is none of done, under_way, to_come and left_out.");
    }
}
