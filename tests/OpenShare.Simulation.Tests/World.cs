using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Service;

namespace OpenShare.Simulation.Tests;

/// <summary>A simulated network for one test, with a folder for its devices.</summary>
internal sealed class World : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("openshare-simulation-").FullName;

    public World(int seed = 1, ServiceLifetimes? lifetimes = null) => Lan = new Lan(seed, lifetimes);

    public Lan Lan { get; }

    public SimulatedDevice Device(string name, bool losesPower = false) => Lan.Device(name, Path.Combine(_folder, name), losesPower);

    public SimulatedDevice Unregistered(string name, bool losesPower = false) => Lan.Unregistered(name, Path.Combine(_folder, name), losesPower);

    public string Tree(int seed, int bytes) => Samples.Tree(Path.Combine(_folder, "outgoing", "tree"), seed, bytes);

    public void Until(Func<bool> condition, double seconds, string otherwise) =>
        Assert.True(Lan.RunUntil(condition, TimeSpan.FromSeconds(seconds)), $"{otherwise}\n{string.Join('\n', Lan.Trace.Lines.TakeLast(30))}");

    public void For(double seconds) => Lan.RunFor(TimeSpan.FromSeconds(seconds));

    public int Traced(string who, string what) => Lan.Trace.Lines.Count(l => l.Contains($" {who}: {what}", StringComparison.Ordinal));

    public void Dispose()
    {
        Lan.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
