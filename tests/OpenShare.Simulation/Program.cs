using System.Globalization;
using OpenShare.Simulation;
using OpenShare.Simulation.Network;

if (args is ["bench", "network"])
{
    NetworkBenchmark.Run(Console.WriteLine);
    return 0;
}

// Replays a seed: the trace, and its hash last. On a thread of its own, since a caller's may have a synchronization context.
var trace = args.Contains("--trace");
var seed = args.FirstOrDefault(a => int.TryParse(a, CultureInfo.InvariantCulture, out _));
if (seed is null)
{
    Console.Error.WriteLine("Usage: simulation SEED [--trace] | simulation bench network");
    return 2;
}
Console.WriteLine(SendThroughACut.Run(int.Parse(seed, CultureInfo.InvariantCulture), trace ? Console.WriteLine : null));
return 0;
