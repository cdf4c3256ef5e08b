using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using OpenShare.EndToEnd.Tests.Harness;
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
    private static readonly IPAddress Group = IPAddress.Parse("224.0.0.251");
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <param name="first">each device has an address of its own, from this one on: an agent keeps only so much from one source</param>
    internal static async Task RunAsync(int count, IPAddress first)
    {
        var account = await HeardAsync(first);
        var devices = Enumerable.Range(0, count).Select(n => (Socket: SocketAt(After(first, n)), Packet: Announcement(n, account, After(first, n)))).ToList();
        using var timer = new PeriodicTimer(Every / count);
        for (var n = 0; await timer.WaitForNextTickAsync(); n++)
        {
            var (socket, packet) = devices[n % count];
            await socket.SendAsync(packet, new IPEndPoint(Group, MdnsPort));
            if (n == count)
                Console.WriteLine("All were announced.");
        }
    }

    private static IPAddress After(IPAddress first, int number)
    {
        var bytes = first.GetAddressBytes();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + (uint)number);
        return new IPAddress(bytes);
    }

    private static UdpClient SocketAt(IPAddress own)
    {
        var socket = new UdpClient(AddressFamily.InterNetwork);
        socket.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Client.Bind(new IPEndPoint(own, MdnsPort));
        socket.Client.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, own.GetAddressBytes());
        return socket;
    }

    private static async Task<AccountHash> HeardAsync(IPAddress own)
    {
        using var socket = SocketAt(IPAddress.Any);
        socket.JoinMulticastGroup(Group, own);
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
        return Announcements.Of($"crowd-{number}", new ServiceAnnouncement(account, id, id.ToString()[..16], Port).ToText(), Port, own);
    }
}
