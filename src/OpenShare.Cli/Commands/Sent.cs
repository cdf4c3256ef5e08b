using System.Globalization;

namespace OpenShare.Cli.Commands;

/// <summary>How far the sending to one device has come.</summary>
internal abstract record Sent
{
    private const char Separator = ',';
    private const char Code = '=';
    private const char Heard = '!';

    internal static readonly Sent Nothing = new NotBegun();

    internal sealed record NotBegun : Sent;

    /// <param name="IsHeard">the device has answered: from then on it is waited for, however long it is away</param>
    internal sealed record Underway(string TransferId, bool IsHeard) : Sent;

    internal sealed record Ended(int ExitCode) : Sent;

    /// <summary>As one word, for the program that goes on with it.</summary>
    internal static string Written(IEnumerable<Sent> all) => string.Join(Separator, all.Select(sent => sent switch
    {
        Underway(var id, var isHeard) => isHeard ? id + Heard : id,
        Ended(var code) => string.Create(CultureInfo.InvariantCulture, $"{Code}{code}"),
        _ => "",
    }));

    /// <param name="count">of devices</param>
    /// <returns>for each device; nothing was begun where the word is none of <see cref="Written"/></returns>
    internal static IReadOnlyList<Sent> Read(string? written, int count)
    {
        var words = written?.Split(Separator);
        return words?.Length == count ? [.. words.Select(word => Read(word))] : [.. Enumerable.Repeat(Nothing, count)];
    }

    private static Sent Read(string word) =>
        word.Length == 0 ? Nothing
        : word[0] != Code ? new Underway(word.TrimEnd(Heard), word[^1] == Heard)
        : int.TryParse(word.AsSpan(1), CultureInfo.InvariantCulture, out var code) ? new Ended(code)
        : Nothing;
}
