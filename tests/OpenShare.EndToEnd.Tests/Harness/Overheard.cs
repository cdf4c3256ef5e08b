using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>What devices announce on this machine, as a stranger hears it who holds no key.</summary>
internal sealed partial class Overheard : IDisposable
{
    private const int Port = 5353;
    private static readonly IPAddress Group = IPAddress.Parse("224.0.0.251");

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ConcurrentDictionary<string, string> _hashes = new();

    public Overheard()
    {
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _socket.Bind(new IPEndPoint(IPAddress.Any, Port));
        var loopback = NetworkInterface.GetAllNetworkInterfaces().First(n => n.NetworkInterfaceType == NetworkInterfaceType.Loopback);
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(Group, loopback.GetIPProperties().GetIPv4Properties().Index));
        _ = ListenAsync();
    }

    /// <summary>The acct_hash that this device announced last.</summary>
    public Task<string> AccountOfAsync(TestDevice device) =>
        Eventually.GetAsync($"{device.Name} is announced", Patience.Long, () => Task.FromResult(_hashes.GetValueOrDefault(device.Id)));

    /// <summary>The acct_hash that this device announces once it is another than before.</summary>
    public Task<string> AccountOfAsync(TestDevice device, string before) => Eventually.GetAsync(
        $"{device.Name} is announced under another acct_hash than {before}", Patience.Long,
        () => Task.FromResult(_hashes.GetValueOrDefault(device.Id) is { } hash && hash != before ? hash : null));

    public void Dispose() => _socket.Dispose();

    private async Task ListenAsync()
    {
        var buffer = new byte[9000];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer);
                foreach (Match announced in Announcement().Matches(Encoding.Latin1.GetString(buffer.AsSpan(0, length))))
                    _hashes[announced.Groups[2].Value] = announced.Groups[1].Value;
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    // Two strings of a TXT record, with the length of the second between them.
    [GeneratedRegex("acct_hash=([0-9a-f]{16})[\\s\\S]dev_id=([0-9a-f]{32})")]
    private static partial Regex Announcement();
}
