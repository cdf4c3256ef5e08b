namespace OpenShare.Device.Transfers;

/// <summary>What was left out of a transfer, by name and reason: the first few in full, the others counted.</summary>
internal sealed class LeftOut
{
    private const int Named = 20;

    private readonly List<string> _lines;
    private int _more;

    /// <param name="text">what an earlier process said</param>
    internal LeftOut(string text) => _lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    internal bool IsEmpty => _lines.Count == 0;

    internal string Text => string.Join('\n', _more == 0 ? _lines : _lines.Append($"and {_more} more"));

    internal void Add(IEnumerable<string> lines)
    {
        foreach (var line in lines.Where(l => !_lines.Contains(l)))
        {
            if (_lines.Count < Named)
                _lines.Add(line);
            else
                _more++;
        }
    }
}
