using System.Globalization;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Transfers;

/// <summary>What was left out of a transfer, by name and reason: the first few in full, the others counted.</summary>
internal sealed class LeftOut
{
    private const int Named = 20;

    private readonly List<string> _lines;
    private int _more;

    /// <param name="text">what an earlier process said</param>
    internal LeftOut(string text)
    {
        _lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        if (_lines.Count <= Named || _lines[^1].Split(' ') is not ["and", var more, "more"] || !int.TryParse(more, CultureInfo.InvariantCulture, out _more))
            return;
        _lines.RemoveAt(_lines.Count - 1);
    }

    internal bool IsEmpty => _lines.Count == 0;

    internal string Text => string.Join('\n', _more == 0 ? _lines : _lines.Append($"and {_more} more"));

    /// <summary>All is walked through once more: whoever was counted is told of again.</summary>
    internal void CountAnew() => _more = 0;

    internal void Add(IEnumerable<string> lines)
    {
        // A name may have a line break in it, and here each has a line.
        foreach (var line in lines.Select(l => Printable.Shorten(l)).Where(l => !_lines.Contains(l)))
        {
            if (_lines.Count < Named)
                _lines.Add(line);
            else
                _more++;
        }
    }
}
