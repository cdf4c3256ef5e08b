using System.Diagnostics;

namespace OpenShare.Simulation.Scenarios;

/// <summary>One run of a scenario: make the world, let things happen, heal, wait for the end, judge.</summary>
internal sealed class ScenarioRun(Scenario scenario, Action<string>? line)
{
    internal Outcome ToEnd()
    {
        var watch = Stopwatch.StartNew();
        using var world = new World(scenario, line);
        world.Begin();
        if (!world.RunUntil(() => world.IsCondemned, scenario.Duration))
        {
            world.HealAll();
            world.RunUntil(() => world.IsCondemned || HasSettled(world), scenario.Patience);
            if (!world.IsCondemned)
                world.Judge();
        }
        return new Outcome(scenario.SeedValue, world.Trace.Hash, [.. world.Alarms], new Figures(
            world.Elapsed, watch.Elapsed, world.Queue.Steps, world.Deliveries.Count, world.Deliveries.Count(d => d.IsCompleted), world.Faults), Replay);
    }

    private bool HasSettled(World world) =>
        world.SinceHealing > World.Settling + scenario.Happenings.Select(h => h.Lasts).Append(TimeSpan.Zero).Max() && world.Deliveries.All(d => d.IsEnded || d.IsImpossible);

    private string? Replay => scenario.Name is { } name ? $"tests/simulate.sh --replay {name} {scenario.SeedValue}" : null;
}
