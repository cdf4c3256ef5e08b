namespace OpenShare.Simulation.Tests.Scenarios;

/// <summary>Seeds that found a mistake in the product, which has been mended since. docs/simulation.md tells what each was.</summary>
internal static class FoundSeeds
{
    internal static IReadOnlyList<(string Scenario, int Seed)> All { get; } =
    [
        ("paused", 13),
    ];
}
