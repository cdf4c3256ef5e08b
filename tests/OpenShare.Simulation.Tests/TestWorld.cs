using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Disk;
using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Service;

namespace OpenShare.Simulation.Tests;

/// <summary>A simulated world for one test, with nothing in it that the test did not put there.</summary>
internal sealed class TestWorld : IDisposable
{
    private readonly List<string> _lines = [];

    public TestWorld(int seed = 1, ServiceLifetimes? lifetimes = null) => World = new World(
        Simulation.Lan.With(1).Devices().Over(LinkConditions.Wired).Issuing(lifetimes ?? ServiceLifetimes.AsInLife).Seed(seed), _lines.Add);

    public World World { get; }

    public SimulatedDevice Device(string name, bool losesPower = false) => World.AddDevice(name, losesPower: losesPower);

    public SimulatedDevice Unregistered(string name, bool losesPower = false) => World.AddMachine(name, losesPower: losesPower);

    /// <summary>Something to send, of so many bytes in three files.</summary>
    public static string Tree(SimulatedDevice device, int seed, int bytes)
    {
        var random = new Random(seed);
        var path = $"/home/{device.Name}/tree";
        foreach (var (name, size) in new[] { ("large", bytes * 3 / 4), ("deep/er/small", bytes - bytes * 3 / 4), ("empty", 0) })
        {
            var content = new byte[size];
            random.NextBytes(content);
            device.Disk.Write($"{path}/{name}", content);
        }
        return path;
    }

    /// <summary>Names and bytes of what was sent are in the receiver's destination.</summary>
    public static void AssertArrived(SimulatedDevice from, SimulatedDevice to) =>
        Assert.Equal(Content(from.Disk, $"/home/{from.Name}/tree"), Content(to.Disk, $"{to.SaveTo}/tree"));

    public void Until(Func<bool> condition, double seconds, string otherwise) =>
        Assert.True(World.RunUntil(condition, TimeSpan.FromSeconds(seconds)), $"{otherwise}\n{string.Join('\n', _lines.TakeLast(30))}");

    public void For(double seconds) => World.RunFor(TimeSpan.FromSeconds(seconds));

    public int Traced(string who, string what, params string[] except) => _lines.Count(l =>
        l.TrimStart().Split(' ', 2)[1].StartsWith($"{who}: {what}", StringComparison.Ordinal) && !except.Any(e => l.Contains(e, StringComparison.Ordinal)));

    public void Dispose() => World.Dispose();

    private static List<(string, string)> Content(SimulatedDisk disk, string path) =>
        [.. disk.Snapshot(path).Select(e => (e.Path, e.Bytes is { } bytes ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes)) : ""))];
}
