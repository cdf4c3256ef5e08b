using System.CommandLine;
using OpenShare.Simulation.Bench;

namespace OpenShare.Simulation.Commands;

/// <summary>How large a world may be, and how fast it runs.</summary>
internal static class BenchCommand
{
    internal static Command Create()
    {
        var name = new Argument<string?>("world") { Arity = ArgumentArity.ZeroOrOne, Description = "One of them; without it: each" }
            .AcceptOnlyFromAmong([.. BenchWorld.All.Select(w => w.Name)]);
        var part = new Option<int>("--part") { Description = "Only so small a part of its devices: 10 for a tenth", DefaultValueFactory = _ => 1 };
        var links = new Option<bool>("--links") { Description = "The simulated network alone, without devices" };
        var threads = new Option<int>("--threads") { Description = "Networks are spread over so many", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("bench", "Large worlds, in figures") { name, part, links, threads };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetValue(name);
            var worlds = BenchWorld.All.Where(w => asked is null || asked == w.Name).ToList();
            if (parsed.GetValue(links))
                NetworkBenchmark.Run(Console.WriteLine);
            else
                worlds.ForEach(w => Console.WriteLine(w.Measure(parsed.GetValue(part), parsed.GetValue(threads))));
        });
        return command;
    }
}
