using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using OpenShare.Simulation.Scenarios;

namespace OpenShare.Simulation.Commands;

/// <summary>Runs every scenario over one seed after the other, on several threads, until the time is up. Exit code 1: a promise was broken.</summary>
internal static class ExploreCommand
{
    internal static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long", DefaultValueFactory = _ => 1 };
        var from = new Option<int>("--from") { Description = "The first seed", DefaultValueFactory = _ => 1 };
        var seeds = new Option<int?>("--seeds") { Description = "How many seeds at most" };
        var only = new Option<string[]>("--scenario") { Description = "Only this scenario" }.AcceptOnlyFromAmong(Catalogue.Names);
        var threads = new Option<int>("--threads") { Description = "Worlds at once", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("explore", "Run all scenarios over many seeds") { minutes, from, seeds, only, threads };
        command.SetAction(parsed => new Exploration(
            [.. Catalogue.All.Where(s => parsed.GetValue(only) is not { Length: > 0 } names || names.Contains(s.Name))],
            parsed.GetValue(from), parsed.GetValue(seeds), TimeSpan.FromMinutes(parsed.GetValue(minutes))).Run(parsed.GetValue(threads)));
        return command;
    }

    private sealed class Exploration(IReadOnlyList<Scenario> scenarios, int from, int? seeds, TimeSpan time)
    {
        private readonly Lock _lock = new();
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private int _next;
        private int _runs, _failures, _faults, _deliveries;
        private TimeSpan _virtual;

        internal int Run(int threads)
        {
            var all = Enumerable.Range(0, threads).Select(_ => new Thread(Work)).ToList();
            all.ForEach(t => t.Start());
            all.ForEach(t => t.Join());
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{_runs} runs of {scenarios.Count} scenarios (seeds {from} to {from + Math.Max(0, _next - 1) / scenarios.Count}), {_virtual.TotalHours:0.0} virtual hours in {_watch.Elapsed.TotalMinutes:0.0} minutes, {_faults} faults injected, {_deliveries} transfers, {_failures} failures"));
            return _failures == 0 ? 0 : 1;
        }

        private void Work()
        {
            while (Take() is { } scenario)
            {
                Outcome outcome;
                try
                {
                    outcome = scenario.Run();
                }
#pragma warning disable CA1031 // A run that breaks is a finding like any other.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    Report(scenario, error.ToString());
                    continue;
                }
                Count(outcome);
                if (!outcome.Holds)
                    Report(scenario, outcome.ToString());
            }
        }

        private Scenario? Take()
        {
            lock (_lock)
            {
                var seed = from + _next / scenarios.Count;
                if (_watch.Elapsed >= time || (seeds is { } most && seed >= from + most))
                    return null;
                return scenarios[_next++ % scenarios.Count].Seed(seed);
            }
        }

        private void Count(Outcome outcome)
        {
            lock (_lock)
            {
                _runs++;
                _virtual += outcome.Figures.Virtual;
                _faults += outcome.Figures.Faults;
                _deliveries += outcome.Figures.Deliveries;
            }
        }

        private void Report(Scenario scenario, string what)
        {
            lock (_lock)
            {
                _failures++;
                Console.WriteLine($"{scenario.Name}: {what}");
            }
        }
    }
}
