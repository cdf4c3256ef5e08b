using System.Globalization;
using OpenShare.Simulation;

// Replays a seed of a course: the trace, and its hash last. On a thread of its own, since a caller's may have a synchronization context.
var trace = args.Contains("--trace");
var seed = args.FirstOrDefault(a => int.TryParse(a, CultureInfo.InvariantCulture, out _));
var course = args.FirstOrDefault() switch
{
    "cut" => SendThroughACut.Run,
    "crashes" => Crashes.Run,
    _ => (Func<int, Action<string>?, string>?)null,
};
if (seed is null || course is null)
{
    Console.Error.WriteLine("Usage: simulation cut|crashes SEED [--trace]");
    return 2;
}
Console.WriteLine(course(int.Parse(seed, CultureInfo.InvariantCulture), trace ? Console.WriteLine : null));
return 0;
