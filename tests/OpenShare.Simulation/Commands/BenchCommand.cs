using System.CommandLine;
using System.Globalization;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Commands;

/// <summary>How large a world may be, and how fast it runs.</summary>
internal static class BenchCommand
{
    private static readonly (string Name, string Story, Func<int, Scenario> Scenario)[] s_worlds =
    [
        ("networks", "devices on 40 networks, announcing", n => Lan.With(1000 / n).Devices().OnNetworks(40 / n).Over(LinkConditions.Wired).For(10.Minutes())),
        ("network", "devices on one network, announcing", n => Lan.With(1000 / n).Devices().Over(LinkConditions.Wired).For(10.Minutes())),
        ("transfers", "devices, twice as many transfers over flapping Wi-Fi", n => Lan.With(50 / n).Devices().FlappingWiFi().SendingRandomTrees(100 / n).For(1.Hours())),
    ];

    internal static Command Create()
    {
        var name = new Argument<string?>("world") { Arity = ArgumentArity.ZeroOrOne, Description = $"One of: {string.Join(", ", s_worlds.Select(w => w.Name))}; without it: each" };
        var parts = new Option<int>("--part") { Description = "Only so small a part of its devices: 10 for a tenth", DefaultValueFactory = _ => 1 };
        var network = new Option<bool>("--links") { Description = "The simulated network alone, without devices" };
        var command = new Command("bench", "Large worlds, in figures") { name, parts, network };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(network))
                NetworkBenchmark.Run(Console.WriteLine);
            foreach (var world in s_worlds.Where(w => !parsed.GetValue(network) && (parsed.GetValue(name) is not { } only || only == w.Name)))
                Measure(world.Story, world.Scenario(parsed.GetValue(parts)));
        });
        return command;
    }

    private static void Measure(string what, Scenario scenario)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var outcome = OwnThread.Run(() => scenario.Run());
        var figures = outcome.Figures;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{scenario.DeviceCount} {what}: {figures}; {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:0.0} s CPU; {figures.Virtual / figures.Real:0} times as fast as life, {figures.Steps / figures.Real.TotalSeconds / 1000:0} thousand steps a second; peak {System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB{(outcome.Holds ? "" : "; " + outcome)}"));
    }
}
