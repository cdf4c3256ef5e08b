using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation;

/// <summary>What happened, line by line, and one hash over it: the same for the same seed and commit.</summary>
public sealed class Trace(SimulationQueue queue) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

    internal void Add(string who, string what)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{queue.Elapsed.TotalSeconds,12:0.000000} {who}: {what}");
        _lines.Add(line);
        _hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
    }

    public void Dispose() => _hash.Dispose();
}
