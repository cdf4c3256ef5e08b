using System.Diagnostics;
using Mono.Cecil;
using OpenShare.Simulation.Bugs;
using OpenShare.Simulation.Invariants;

namespace OpenShare.Simulation.Tests.Bugs;

/// <summary>Bugs are found that are planted in a copy of the program, each by the alarm that is to find it; the product has none and no place for one.</summary>
public sealed class PlantedBugTests
{
    public static TheoryData<string> Quick { get; } = ["repeat-a-nonce", "shorten-the-last-chunk"];

    [Theory]
    [MemberData(nameof(Quick))]
    public void A_planted_bug_is_found_by_its_alarm(string name) => Assert.Equal(0, Run(name).ExitCode);

    [Fact]
    public void Without_its_alarm_a_planted_bug_is_not_found()
    {
        var (exitCode, output) = Run("repeat-a-nonce", "--disarm");

        // Its word, and not the exit code alone: that would be the same if nothing had been planted or run.
        Assert.Equal(1, exitCode);
        Assert.Contains("repeat-a-nonce was not found in 3 seeds", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_bug_names_an_alarm_that_there_is()
    {
        var alarms = Promises.All().Select(i => i.Name).Append("no-surprise").ToHashSet();

        Assert.True(PlantedBugs.All.Length >= 15);
        Assert.All(PlantedBugs.All, bug => Assert.Contains(bug.Alarm, alarms));
    }

    [Fact]
    public void Every_plant_fits_the_method_that_it_replaces() =>
        Assert.All(PlantedBugs.All, bug => Assert.Null(Planter.Misfit(bug, AppContext.BaseDirectory)));

    [Theory]
    [InlineData("OpenShare.Protocol")]
    [InlineData("OpenShare.Device")]
    public void What_is_shipped_has_no_bug_and_no_seam_for_one(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));

        Assert.DoesNotContain(module.AssemblyReferences, r => r.Name == "simulation");
        Assert.DoesNotContain(module.GetTypes().SelectMany(t => t.Methods), m => m.Name.EndsWith(Planter.Unplanted, StringComparison.Ordinal));
    }

    private static (int ExitCode, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "simulation.dll"), "bug", .. arguments, "--seeds", "3"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
