using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Identity;

namespace OpenShare.EndToEnd.Tests.Discovery;

/// <summary>An agent in a network where two hundred hosts say nothing but nonsense.</summary>
[Collection(Processes.Name)]
[Trait("Length", "Long")]
public sealed class HostilePacketsTests(SharedServer shared) : IDisposable
{
    private const int Sources = 200;
    private const long MostMore = 64 << 20;

    // As many as an agent reads, and more than it can.
    private const int Read = 120_000;
    private const int Dropped = 880_000;

    private static readonly Way[] Ways =
    [
        new(Metrics.ByMulticast, new IPEndPoint(IPAddress.Parse("224.0.0.251"), MdnsMachine.Port), host => new IPAddress([10, 77, 0, host])),
        new(Metrics.ByBroadcast, new IPEndPoint(IPAddress.Parse("10.77.0.255"), MdnsMachine.BroadcastPort), host => new IPAddress([10, 77, 0, host])),
        new(Metrics.ByMulticastV6, new IPEndPoint(IPAddress.Parse("ff02::fb"), MdnsMachine.Port), host => new IPAddress([0xfd, 0x77, .. new byte[13], host])),
    ];

    private readonly TemporaryFolder _folder = new();
    private Lan? _lan;

    [SkippableFact]
    public async Task A_million_packets_by_multicast_broadcast_and_over_IPv6_leave_it_alive_at_steady_memory_and_still_discovering()
    {
        var lan = _lan = await Lan.CreateAsync();
        await lan.AddHostAsync("alice", "10.77.0.1");
        await lan.AddHostAsync("bob", "10.77.0.2");
        await lan.AddHostAsync("crowd", "10.77.0.3");
        await lan.HostAsync("crowd", "sh", "-c", $"for i in $(seq 20 {19 + Sources}); do echo address add 10.77.0.$i/24 dev eth0; printf 'address add fd77::%x/64 dev eth0 nodad\\n' $i; done | ip -batch -");
        await lan.HostAsync("alice", "ip", "address", "add", "fd77::1/64", "dev", "eth0", "nodad");
        using var alice = new TestDevice(_folder.Path, "alice") { AgentWithin = lan.Within("alice") };
        using var bob = new TestDevice(_folder.Path, "bob") { AgentWithin = lan.Within("bob") };
        var account = $"account-{Guid.NewGuid():N}"[..20];
        await alice.RegisterAsync(shared.Server, account);
        await bob.RegisterAsync(shared.Server, account);
        await alice.StartAgentAsync();

        // The first third fills the tables that there are.
        await FloodAsync(lan, Read / 3, seed: 1, burst: 16);
        var before = Resident(alice.Agent.Id);
        await FloodAsync(lan, Read - (Read / 3), seed: 2, burst: 16);
        var taken = await Metrics.OfAsync(alice);
        await FloodAsync(lan, Dropped, seed: 3, burst: int.MaxValue);

        // On a busy machine some of them come too fast still.
        Assert.All(Ways, way => Assert.InRange(taken.GetValueOrDefault(way.Counter), Read / Ways.Length / 4, Read));
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

    // Each way by itself, all at once.
    private static Task FloodAsync(Lan lan, int packets, int seed, int burst) =>
        Task.WhenAll(Ways.Select(way => Task.Run(() => FloodAsync(lan, way, packets / Ways.Length, seed, burst))));

    private static async Task FloodAsync(Lan lan, Way way, int packets, int seed, int burst)
    {
        var sockets = Enumerable.Range(20, Sources).Select(host => lan.In("crowd", () => Speaker(way, (byte)host))).ToList();
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
                sockets[i % Sources].SendTo(bytes, way.To);
                if ((i + 1) % burst == 0)
                    await Task.Delay(1);
            }
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    private static Socket Speaker(Way way, byte host)
    {
        var socket = new Socket(way.To.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = way.To.AddressFamily == AddressFamily.InterNetwork };
        var address = way.From(host);
        socket.Bind(new IPEndPoint(address, way.To.Port));
        if (address.AddressFamily == AddressFamily.InterNetwork)
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

    /// <param name="Counter">where the agent counts it</param>
    private sealed record Way(string Counter, IPEndPoint To, Func<byte, IPAddress> From);
}
