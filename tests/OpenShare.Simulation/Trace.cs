using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation;

/// <summary>What happened, line by line, and one hash over it: the same for the same seed and commit.</summary>
/// <param name="line">told each line; null: only the hash is kept</param>
public sealed class Trace(SimulationQueue queue, Action<string>? line = null) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

    internal void Add(string who, string what)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{queue.Elapsed.TotalSeconds,12:0.000000} {who}: {what}");
        _hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        line?.Invoke(text);
    }

    public void Dispose() => _hash.Dispose();
}
