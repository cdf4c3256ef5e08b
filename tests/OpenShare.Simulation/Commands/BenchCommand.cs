using System.CommandLine;
using System.Globalization;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Commands;

/// <summary>How large a world may be, and how fast it runs.</summary>
internal static class BenchCommand
{
    internal static Command Create()
    {
        var network = new Option<bool>("--network") { Description = "The simulated network alone, without devices" };
        var command = new Command("bench", "Large worlds, in figures") { network };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(network))
            {
                NetworkBenchmark.Run(Console.WriteLine);
                return 0;
            }
            Measure("1,000 devices on 40 networks of 25, announcing", Lan.With(1000).Devices().OnNetworks(40).Over(LinkConditions.Wired).For(10.Minutes()));
            Measure("1,000 devices on one network, announcing", Lan.With(1000).Devices().Over(LinkConditions.Wired).For(10.Minutes()));
            Measure("50 devices, 100 transfers over flapping Wi-Fi", Lan.With(50).Devices().FlappingWiFi().SendingRandomTrees(100).For(1.Hours()));
            return 0;
        });
        return command;
    }

    private static void Measure(string what, Scenario scenario)
    {
        var outcome = OwnThread.Run(() => scenario.Run());
        var figures = outcome.Figures;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {figures}; {figures.Virtual / figures.Real:0} times as fast as life, {figures.Steps / figures.Real.TotalSeconds / 1000:0} thousand steps a second{(outcome.Holds ? "" : "; " + outcome)}"));
    }
}
