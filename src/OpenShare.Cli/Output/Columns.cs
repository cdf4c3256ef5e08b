using System.Text;

namespace OpenShare.Cli.Output;

/// <summary>Rows in aligned columns, without colours: the same on a terminal and in a pipe.</summary>
internal static class Columns
{
    internal static string Of(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        List<IReadOnlyList<string>> all = [head, .. rows];
        var widths = Enumerable.Range(0, head.Count).Select(column => all.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in all)
        {
            var line = string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column])));
            text.Append(line.TrimEnd()).Append('\n');
        }
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Names and values, one pair a line.</summary>
    internal static string Pairs(params IEnumerable<(string Name, string Value)> pairs)
    {
        var list = pairs.ToList();
        var width = list.Max(p => p.Name.Length);
        return string.Join('\n', list.Select(p => $"{p.Name.PadRight(width)}  {p.Value}".TrimEnd()));
    }
}
