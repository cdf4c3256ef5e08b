using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using OpenShare.Simulation.Bugs;

namespace OpenShare.Simulation.Commands;

/// <summary>Plants bugs and looks for them. Exit code 1: one was not found, or under another name than its own.</summary>
internal static class BugCommand
{
    internal static Command Create()
    {
        var name = new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne, Description = "One of them; without it: every one" }
            .AcceptOnlyFromAmong([.. PlantedBugs.All.Select(b => b.Name)]);
        var seeds = new Option<int>("--seeds") { Description = "How many seeds to look through", DefaultValueFactory = _ => 20 };
        var disarm = new Option<bool>("--disarm") { Description = "Without the alarm that is to find it" };
        var command = new Command("bug", "Plant a bug and count the seeds until it is found") { name, seeds, disarm };
        command.SetAction(parsed =>
        {
            var bugs = parsed.GetValue(name) is { } one ? [PlantedBugs.Find(one)] : PlantedBugs.All;
            return bugs.Select(b => Look(b, parsed.GetValue(seeds), parsed.GetValue(disarm))).ToList().TrueForAll(found => found) ? 0 : 1;
        });
        return command;
    }

    private static bool Look(PlantedBug bug, int seeds, bool disarm)
    {
        var into = Directory.CreateTempSubdirectory("openshare-planted-").FullName;
        try
        {
            Planter.Plant(bug, into);
            for (var seed = 1; seed <= seeds; seed++)
            {
                var (found, output) = Run(into, bug, seed, disarm);
                if (!found)
                    continue;
                var isItsOwn = output.Split('\n').Any(line => line.StartsWith($"  {bug.Alarm} at ", StringComparison.Ordinal));
                Console.WriteLine(isItsOwn
                    ? $"| {bug.Name} | {bug.Story} | {bug.Alarm} | {bug.Scenario} | {seed} |"
                    : $"{bug.Name} was found by another alarm than {bug.Alarm}:\n{output}");
                return isItsOwn;
            }
            Console.WriteLine($"{bug.Name} was not found in {seeds} seeds of '{bug.Scenario}'.");
            return false;
        }
        finally
        {
            Directory.Delete(into, recursive: true);
        }
    }

    private static (bool Found, string Output) Run(string program, PlantedBug bug, int seed, bool disarm)
    {
        string[] disarmed = disarm ? ["--disarm", bug.Alarm] : [];
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(program, "simulation.dll"), "replay", bug.Scenario, seed.ToString(CultureInfo.InvariantCulture), .. disarmed])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode != 0, output);
    }
}
