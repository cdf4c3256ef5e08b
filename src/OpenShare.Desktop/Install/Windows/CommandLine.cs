using System.Text;

namespace OpenShare.Desktop.Install.Windows;

/// <summary>Arguments as one line, as Windows' programs take them apart again (CommandLineToArgvW).</summary>
internal static class CommandLine
{
    internal static string Of(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quoted));

    private static string Quoted(string argument)
    {
        if (argument.Length > 0 && !argument.AsSpan().ContainsAny(" \t\""))
            return argument;
        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var c in argument)
        {
            // Before a quotation mark backslashes count twice, elsewhere as they are.
            quoted.Append('\\', c == '"' ? backslashes + 1 : 0).Append(c);
            backslashes = c == '\\' ? backslashes + 1 : 0;
        }
        return quoted.Append('\\', backslashes).Append('"').ToString();
    }
}
