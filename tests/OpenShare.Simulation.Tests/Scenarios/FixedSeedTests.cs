using OpenShare.Simulation.Scenarios;

namespace OpenShare.Simulation.Tests.Scenarios;

/// <summary>Every scenario under fixed seeds: the first ones, and those that once found something.</summary>
public sealed class FixedSeedTests
{
    public static TheoryData<string, int> Seeds { get; } = Data();

    [Theory]
    [MemberData(nameof(Seeds))]
    public void All_promises_hold(string scenario, int seed) => Catalogue.Find(scenario).Seed(seed).Run().Demand();

    private static TheoryData<string, int> Data()
    {
        var data = new TheoryData<string, int>();
        foreach (var scenario in Catalogue.All)
            data.Add(scenario.Name!, 1);
        foreach (var (scenario, seed) in FoundSeeds.All)
            data.Add(scenario, seed);
        return data;
    }
}
