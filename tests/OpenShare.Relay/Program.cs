using OpenShare.Relay;

if (RelayOptions.TryParse(args, out var problem) is not { } options)
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(RelayOptions.Usage);
    return 2;
}

var report = new Report(Console.Out);
using var relay = new Relay(options, report);
if (!relay.Start())
    return 1;

// The end of the input ends the relay: whoever started it and died leaves nothing behind.
while (await Console.In.ReadLineAsync() is { } line)
{
    if (line.Trim() == "quit")
        break;
    if (!relay.Obey(line))
        report.Write("error", ("message", $"unknown command: {line}"));
}
return 0;
