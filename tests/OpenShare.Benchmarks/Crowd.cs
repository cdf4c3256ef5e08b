using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Benchmarks;

/// <summary>
/// Announces so many devices of an account, each every minute, as devices do that have been there for a while, until it is
/// stopped: what an agent hears all day where there are many. It learns the account from the first announcement it hears.
/// </summary>
internal static class Crowd
{
    private const int MdnsPort = 5353;
    private const int Port = 9;
    private const uint Seconds = 120;
    private static readonly IPAddress Group = IPAddress.Parse("224.0.0.251");
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    internal static async Task RunAsync(int count, IPAddress own)
    {
        using var socket = new UdpClient(AddressFamily.InterNetwork);
        socket.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Client.Bind(new IPEndPoint(IPAddress.Any, MdnsPort));
        socket.Client.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, own.GetAddressBytes());
        socket.JoinMulticastGroup(Group, own);
        var account = await HeardAsync(socket);
        byte[][] packets = [.. Enumerable.Range(0, count).Select(n => Announcement(n, account, own))];
        using var timer = new PeriodicTimer(Every / count);
        for (var n = 0; await timer.WaitForNextTickAsync(); n++)
        {
            await socket.SendAsync(packets[n % count], new IPEndPoint(Group, MdnsPort));
            if (n == count)
                Console.WriteLine("All were announced.");
        }
    }

    private static async Task<AccountHash> HeardAsync(UdpClient socket)
    {
        while (true)
        {
            var packet = await socket.ReceiveAsync();
            foreach (var answer in DnsMessage.Decode(packet.Buffer).Answers)
            {
                if (answer.Data is DnsData.Text text && ServiceAnnouncement.TryRead(text) is { } heard)
                    return heard.Account;
            }
        }
    }

    private static byte[] Announcement(int number, AccountHash account, IPAddress own)
    {
        var id = DeviceId.FromBytes(RandomNumberGenerator.GetBytes(DeviceId.Size));
        var type = DnsName.Of("_openshare", "_tcp", "local");
        var name = $"crowd-{number}";
        var (instance, host) = (DnsName.Of([name, .. type.Labels]), DnsName.Of(name, "local"));
        return new DnsMessage
        {
            IsResponse = true,
            Answers =
            [
                new DnsRecord(type, new DnsData.Pointer(instance), Seconds),
                new DnsRecord(instance, new DnsData.Service(0, 0, Port, host), Seconds, CacheFlush: true),
                new DnsRecord(instance, new ServiceAnnouncement(account, id, id.ToString()[..16], Port).ToText(), Seconds, CacheFlush: true),
                new DnsRecord(host, new DnsData.Address(own), Seconds, CacheFlush: true),
            ],
        }.Encode();
    }
}
