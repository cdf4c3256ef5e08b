using System.Collections.Immutable;

namespace OpenShare.Simulation.Bugs;

/// <summary>The bugs that are planted to see whether they are found, each with the one alarm that is to find it.</summary>
internal static class PlantedBugs
{
    private const string Protocol = "OpenShare.Protocol";
    private const string Device = "OpenShare.Device";

    internal static ImmutableArray<PlantedBug> All { get; } =
    [
    ];
}
