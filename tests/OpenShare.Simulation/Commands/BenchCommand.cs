using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Commands;

/// <summary>How large a world may be, and how fast it runs.</summary>
internal static class BenchCommand
{
    private static readonly BenchWorld[] s_worlds =
    [
        new("networks", "announcing", 1000, Networks: 40, (devices, networks) => Fleet(devices).OnNetworks(networks)),
        new("network", "announcing", 1000, Networks: 1, (devices, _) => Fleet(devices)),
        new("transfers", "twice as many transfers over flapping Wi-Fi", 50, Networks: 1, (devices, _) =>
            Lan.With(devices).Devices().FlappingWiFi().SendingRandomTrees(2 * devices).For(1.Hours())),
    ];

    internal static Command Create()
    {
        var name = new Argument<string?>("world") { Arity = ArgumentArity.ZeroOrOne, Description = $"One of: {string.Join(", ", s_worlds.Select(w => w.Name))}; without it: each" };
        var part = new Option<int>("--part") { Description = "Only so small a part of its devices: 10 for a tenth", DefaultValueFactory = _ => 1 };
        var network = new Option<bool>("--links") { Description = "The simulated network alone, without devices" };
        var threads = new Option<int>("--threads") { Description = "Networks that have nothing to do with each other are spread over so many", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("bench", "Large worlds, in figures") { name, part, network, threads };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(network))
                NetworkBenchmark.Run(Console.WriteLine);
            foreach (var world in s_worlds.Where(w => !parsed.GetValue(network) && (parsed.GetValue(name) is not { } only || only == w.Name)))
                Measure(world, parsed.GetValue(part), parsed.GetValue(threads));
        });
        return command;
    }

    private static Scenario Fleet(int devices) =>
        Lan.With(devices).Devices().Over(LinkConditions.Wired).PollingEvery(1.Minutes()).For(10.Minutes());

    private static void Measure(BenchWorld world, int part, int threads)
    {
        var scenarios = world.Split(part, threads);
        var (cpu, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var outcomes = OwnThread.RunAll([.. scenarios.Select(s => (Func<Outcome>)(() => s.Run()))]);
        var real = watch.Elapsed;
        var figures = outcomes.Select(o => o.Figures).Aggregate((a, b) => new Figures(
            a.Virtual > b.Virtual ? a.Virtual : b.Virtual, real, a.Steps + b.Steps, a.Deliveries + b.Deliveries, a.Completed + b.Completed, a.Faults + b.Faults)) with { Real = real };
        var broken = string.Concat(outcomes.Where(o => !o.Holds).Select(o => $"\n{o}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{scenarios.Sum(s => s.DeviceCount)} devices on {scenarios.Sum(s => s.Networks)} networks, {world.Story}, in {scenarios.Count} threads: {figures}; {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:0.0} s CPU; {figures.Virtual / real:0} times as fast as life, {figures.Steps / real.TotalSeconds / 1000:0} thousand messages a second; peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB{broken}"));
    }

    private sealed record BenchWorld(string Name, string Story, int Devices, int Networks, Func<int, int, Scenario> Scenario)
    {
        /// <summary>One scenario for each thread, with its share of the networks; a network is never divided.</summary>
        internal List<Scenario> Split(int part, int threads)
        {
            var networks = Math.Max(1, Networks / part);
            var shares = Math.Min(threads, networks);
            return [.. Enumerable.Range(0, shares).Select(i => Scenario(Devices / part * Share(i) / networks, Share(i)).Seed(i + 1))];

            int Share(int i) => networks / shares + (i < networks % shares ? 1 : 0);
        }
    }
}
