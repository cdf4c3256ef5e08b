using System.Diagnostics;
using System.Globalization;
using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Bench;

/// <summary>How one world, or one thread's share of it, ran.</summary>
/// <param name="Story">what came of it; what was broken, where something was</param>
internal sealed record BenchRun(TimeSpan Virtual, long Messages, string Story);

/// <summary>A large world to be measured.</summary>
/// <param name="Run">runs so many devices on so many networks under a seed</param>
internal sealed record BenchWorld(string Name, string Story, int Devices, int Networks, Func<int, int, int, BenchRun> Run)
{
    internal static IReadOnlyList<BenchWorld> All { get; } =
    [
        new("discovery", "only discovery of each, announcing", 1000, Networks: 40, Discover),
        new("steady", "only discovery of each, over IPv4 and IPv6, an hour after they have come", 100, Networks: 1, Rest),
        new("networks", "whole, announcing", 1000, Networks: 40, (devices, networks, seed) => Live(Fleet(devices).OnNetworks(networks).Seed(seed))),
        new("network", "only discovery of each, announcing", 1000, Networks: 1, Discover),
        new("transfers", "whole, twice as many transfers, each Wi-Fi down for 5 s every 3 minutes", 50, Networks: 2, (devices, networks, seed) =>
            Live(Sending(devices).OnNetworks(networks).FlappingWiFi(every: 3.Minutes()).Seed(seed))),
        new("flapping", "whole, twice as many transfers, each Wi-Fi down for 5 s in every 15", 50, Networks: 2, (devices, networks, seed) =>
            Live(Sending(devices).OnNetworks(networks).FlappingWiFi().Seed(seed))),
        new("revocation", "whole, the service in reach, one is revoked", 100, Networks: 1, (devices, _, seed) => RevocationSpread.Online(devices, seed)),
        new("gossip", "whole, meeting at random, one is revoked, and one other hears it from the service", 100, Networks: 1, (devices, _, seed) => RevocationSpread.ByGossip(devices, seed)),
    ];

    /// <summary>In figures, in one line.</summary>
    /// <param name="part">only so small a part of its devices and networks</param>
    /// <param name="threads">its networks, which have nothing to do with each other, are spread over so many; none is divided</param>
    internal string Measure(int part, int threads)
    {
        var (devices, networks) = (Devices / part, Math.Max(1, Networks / part));
        var shares = Enumerable.Range(0, Math.Min(threads, networks)).ToList();
        var (cpu, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var runs = OwnThread.RunAll([.. shares.Select(i => (Func<BenchRun>)(() => Run(devices * Share(i) / networks, Share(i), i + 1)))]);
        var (real, used) = (watch.Elapsed.TotalSeconds, Environment.CpuUsage.TotalTime - cpu);
        var past = runs.Max(r => r.Virtual);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}: {devices} devices on {networks} networks, {Story}: {past.TotalMinutes:0.0} virtual minutes in {real:0.0} s in {shares.Count} threads, {used.TotalSeconds:0.0} s CPU, {past.TotalSeconds / real:0} times as fast as life; {runs.Sum(r => r.Messages) / 1e6:0.00} million messages, {runs.Sum(r => r.Messages) / real / 1000:0} thousand a second; peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB; {string.Join("; ", runs.Select(r => r.Story))}");

        int Share(int i) => networks / shares.Count + (i < networks % shares.Count ? 1 : 0);
    }

    // An organisation's: it asks for revocations less often.
    private static Scenario Fleet(int devices) =>
        Lan.With(devices).Devices().Over(LinkConditions.Wired).PollingEvery(1.Minutes()).For(10.Minutes());

    private static Scenario Sending(int devices) => Lan.With(devices).Devices().SendingRandomTrees(2 * devices).For(1.Hours());

    private static BenchRun Live(Scenario scenario)
    {
        var outcome = scenario.Run();
        var figures = outcome.Figures;
        return new BenchRun(figures.Virtual, figures.Steps, outcome.Holds ? $"{figures.Completed} of {figures.Deliveries} delivered, {figures.Faults} faults" : outcome.ToString());
    }

    // What discovery costs a network that nothing happens on.
    private static BenchRun Rest(int devices, int networks, int seed)
    {
        using var world = new DiscoveryWorld(devices, networks, seed, isDualStack: true);
        world.Queue.RunFor(10.Minutes());
        var before = world.Datagrams.PacketsSent;
        world.Queue.RunFor(60.Minutes());
        var packets = world.Datagrams.PacketsSent - before;
        return new BenchRun(world.Queue.Elapsed, world.Queue.Steps, string.Create(
            CultureInfo.InvariantCulture, $"{packets:n0} packets in the last hour, {packets / 3600.0:0.00} a second, {world.Seen:n0} of {(long)devices * (devices / networks - 1):n0} seen"));
    }

    private static BenchRun Discover(int devices, int networks, int seed)
    {
        using var world = new DiscoveryWorld(devices, networks, seed);
        world.Queue.RunFor(10.Minutes());
        return new BenchRun(world.Queue.Elapsed, world.Queue.Steps, string.Create(
            CultureInfo.InvariantCulture, $"{world.Datagrams.PacketsSent:n0} packets, {world.Datagrams.PacketsDelivered:n0} deliveries, {world.Seen:n0} of {(long)devices * (devices / networks - 1):n0} seen"));
    }
}
