using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.EndToEnd.Tests.Discovery;

/// <summary>An agent in a network where two hundred hosts say nothing but nonsense.</summary>
[Collection(Processes.Name)]
public sealed class HostilePacketsTests(SharedServer shared) : IDisposable
{
    private const int Sources = 200;
    private const int Packets = 1_000_000;
    private const long MostMore = 64 << 20;

    private static readonly IPEndPoint Group = new(IPAddress.Parse("224.0.0.251"), MdnsMachine.Port);

    private readonly TemporaryFolder _folder = new();
    private Lan? _lan;

    [SkippableFact]
    public async Task A_million_packets_leave_it_alive_at_steady_memory_and_still_discovering()
    {
        var lan = _lan = await Lan.CreateAsync();
        await lan.AddHostAsync("alice", "10.77.0.1");
        await lan.AddHostAsync("bob", "10.77.0.2");
        await lan.AddHostAsync("crowd", "10.77.0.3");
        await lan.HostAsync("crowd", "sh", "-c", $"for i in $(seq 20 {19 + Sources}); do ip address add 10.77.0.$i/24 dev eth0; done");
        using var alice = new TestDevice(_folder.Path, "alice") { AgentWithin = lan.Within("alice") };
        using var bob = new TestDevice(_folder.Path, "bob") { AgentWithin = lan.Within("bob") };
        var account = $"account-{Guid.NewGuid():N}"[..20];
        await alice.RegisterAsync(shared.Server, account);
        await bob.RegisterAsync(shared.Server, account);
        await alice.StartAgentAsync();

        // The first tenth fills the tables that there are.
        Flood(lan, Packets / 10, seed: 1);
        var before = Resident(alice.Agent.Id);
        Flood(lan, Packets - (Packets / 10), seed: 2);

        Assert.InRange(Resident(alice.Agent.Id) - before, long.MinValue, MostMore);
        await bob.StartAgentAsync();
        await alice.SeesAsync(bob);
        (await alice.SendAsync(bob, Samples.MakeFile(_folder["photo"], Samples.MiB))).EndedWith(0);
    }

    public void Dispose()
    {
        _lan?.Dispose();
        _folder.Dispose();
    }

    private static void Flood(Lan lan, int packets, int seed)
    {
        var sockets = Enumerable.Range(20, Sources).Select(host => lan.In("crowd", () => Speaker(new IPAddress([10, 77, 0, (byte)host])))).ToList();
        try
        {
            var random = new Random(seed);
            var real = Announcement();
            for (var i = 0; i < packets; i++)
            {
                var bytes = i % 3 == 0 ? new byte[random.Next(1, 300)] : [.. real];
                if (i % 3 == 0)
                    random.NextBytes(bytes);
                for (var j = random.Next(1, 8); j > 0; j--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                sockets[i % Sources].SendTo(bytes, Group);
            }
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    private static Socket Speaker(IPAddress address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, MdnsMachine.Port));
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, address.GetAddressBytes());
        return socket;
    }

    private static byte[] Announcement() => Announcements.Of(
        "somebody", new ServiceAnnouncement(AccountHash.FromKey(new byte[AccountHash.KeyMinimum]), DeviceId.FromBytes(new byte[16]), new string('0', 16), 4711).ToText(),
        4711, IPAddress.Parse("10.77.0.3"));

    // What ps calls RSS.
    private static long Resident(int process) => 1024 * long.Parse(
        File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
