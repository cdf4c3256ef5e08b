using System.CommandLine;
using OpenShare.Simulation.Scenarios;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Commands;

/// <summary>Runs one seed of one scenario. Exit code 1: a promise was broken.</summary>
internal static class ReplayCommand
{
    internal static Command Create()
    {
        var scenario = new Argument<string>("scenario") { Description = "Which one" }.AcceptOnlyFromAmong(Catalogue.Names);
        var seed = new Argument<int>("seed");
        var trace = new Option<bool>("--trace") { Description = "Print everything that happens: when, who, what" };
        var disarm = new Option<string[]>("--disarm") { Description = "Watch over every promise but this one" };
        var hash = new Option<bool>("--hash") { Description = "Print the trace's hash and nothing else" };
        var command = new Command("replay", "Run one seed of a scenario") { scenario, seed, trace, disarm, hash };
        command.SetAction(parsed =>
        {
            var outcome = OwnThread.Run(() => (Catalogue.Find(parsed.GetRequiredValue(scenario)).Seed(parsed.GetRequiredValue(seed)) with
            {
                Disarmed = [.. parsed.GetValue(disarm) ?? []],
            }).Run(parsed.GetValue(trace) ? Console.WriteLine : null));
            Console.WriteLine(parsed.GetValue(hash) ? outcome.Trace : outcome.ToString());
            return outcome.Holds ? 0 : 1;
        });
        return command;
    }
}
