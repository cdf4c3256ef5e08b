using System.Diagnostics;
using System.Globalization;
using OpenShare.Fuzz;

// fuzz TARGET CORPUS MINUTES [SEED]   mutates the corpus's inputs until the time is up; what breaks the target is kept in the corpus
// fuzz TARGET FILE                    one input; - is the standard input, as other fuzzers give it
if (args is not [var target, var path, ..] || Target(target) is not { } run)
{
    Console.Error.WriteLine("Usage: fuzz dns|device-numbers CORPUS MINUTES [SEED] | fuzz dns|device-numbers FILE|-");
    return 2;
}
if (args.Length == 2)
{
    run(path == "-" ? ReadAll(Console.OpenStandardInput()) : Convert.FromHexString(File.ReadAllText(path).Trim()));
    return 0;
}

var seed = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : Environment.TickCount;
var end = Stopwatch.StartNew();
var minutes = TimeSpan.FromMinutes(double.Parse(args[2], CultureInfo.InvariantCulture));
var corpus = Directory.EnumerateFiles(path, "*.hex").Order(StringComparer.Ordinal).Select(f => Convert.FromHexString(File.ReadAllText(f).Trim())).ToList();
var mutator = new Mutator(seed);
var (inputs, broken) = (0L, 0);
for (; end.Elapsed < minutes; inputs++)
{
    var input = mutator.Next(corpus);
    try
    {
        run(input);
    }
#pragma warning disable CA1031 // Whatever it is has been found.
    catch (Exception error)
#pragma warning restore CA1031
    {
        broken++;
        var kept = Path.Combine(path, $"found-{seed}-{inputs}.hex");
        File.WriteAllText(kept, Convert.ToHexStringLower(input));
        Console.WriteLine($"{kept}: {error.GetType().Name}: {error.Message}");
    }
}
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{inputs} inputs in {end.Elapsed.TotalMinutes:0.0} minutes from seed {seed}, {broken} of them broke it"));
return broken == 0 ? 0 : 1;

static Action<byte[]>? Target(string name) => name switch
{
    "dns" => DnsTarget.Run,
    "device-numbers" => DeviceNumbersTarget.Run,
    _ => null,
};

static byte[] ReadAll(Stream stream)
{
    using var all = new MemoryStream();
    stream.CopyTo(all);
    return all.ToArray();
}
