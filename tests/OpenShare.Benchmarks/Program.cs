using System.Net;
using OpenShare.Benchmarks;
using OpenShare.Benchmarks.Pump;

// pump receive HOST:PORT FILE | pump send FILE HOST:PORT | cut MIB | crowd DEVICES ADDRESS | registrations URL COUNT CONNECTIONS TOKEN... | revoked CERTIFICATES PERCENT
switch (args)
{
    case ["receive", var at, var file] when IPEndPoint.TryParse(at, out var local):
        Receiver.Run(local, file);
        return 0;
    case ["send", var file, var to] when IPEndPoint.TryParse(to, out var remote):
        Sender.Run(file, remote);
        return 0;
    case ["cut", var size] when int.TryParse(size, out var mebibytes) && mebibytes is > 0 and < 2048:
        Cut.Run(mebibytes);
        return 0;
    case ["crowd", var count, var at] when int.TryParse(count, out var devices) && devices is > 0 and <= 10_000 && IPAddress.TryParse(at, out var own):
        await Crowd.RunAsync(devices, own);
        return 0;
    case ["registrations", var url, var count, var connections, .. var tokens] when Uri.TryCreate(url, UriKind.Absolute, out var server)
        && int.TryParse(count, out var devices) && devices is > 0 and <= 1_000_000 && int.TryParse(connections, out var parallel) && parallel is > 0 and <= 1000:
        return await Registrations.RunAsync(server, tokens, devices, parallel);
    case ["revoked", var count, var share] when int.TryParse(count, out var certificates) && certificates is >= 100_000 and <= 200_000_000
        && double.TryParse(share, System.Globalization.CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 50:
        Revoked.Run(certificates, percent);
        return 0;
    default:
        Console.Error.WriteLine("pump receive HOST:PORT FILE | pump send FILE HOST:PORT | cut MIB | crowd DEVICES ADDRESS | registrations URL COUNT CONNECTIONS TOKEN... | revoked CERTIFICATES PERCENT");
        return 2;
}
