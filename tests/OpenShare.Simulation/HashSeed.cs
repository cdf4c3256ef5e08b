namespace OpenShare.Simulation;

internal static class HashSeed
{
    // Not System.HashCode: that has a seed of its own in every process.
    internal static int Of(int seed, int number) => unchecked(seed * 397 ^ (number + 1) * 486_187_739);
}
