using System.Net;
using OpenShare.Benchmarks.Pump;

// pump receive HOST:PORT FILE | pump send FILE HOST:PORT
switch (args)
{
    case ["receive", var at, var file] when IPEndPoint.TryParse(at, out var local):
        Receiver.Run(local, file);
        return 0;
    case ["send", var file, var to] when IPEndPoint.TryParse(to, out var remote):
        Sender.Run(file, remote);
        return 0;
    default:
        Console.Error.WriteLine("pump receive HOST:PORT FILE | pump send FILE HOST:PORT");
        return 2;
}
