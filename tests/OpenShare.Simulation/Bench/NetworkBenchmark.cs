using System.Diagnostics;
using System.Globalization;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Protocol.Discovery;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Network.Observing;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Bench;

/// <summary>How fast the simulated network is in real time, without devices.</summary>
internal static class NetworkBenchmark
{
    private const int Port = 4711;

    internal static void Run(Action<string> line)
    {
        // Once before, for the compiler.
        Multicast(segments: 4, hosts: 25, rounds: 100, LinkConditions.PoorWiFi);
        Streams(pairs: 1, bytesEach: 8_000_000, LinkConditions.PoorWiFi);

        line(Multicast(segments: 40, hosts: 25, rounds: 25, LinkConditions.GoodWiFi));
        line(Multicast(segments: 1, hosts: 1000, rounds: 1, LinkConditions.GoodWiFi));
        line(Multicast(segments: 1, hosts: 1000, rounds: 1, LinkConditions.PoorWiFi));
        line(Streams(pairs: 1, bytesEach: 1_000_000_000, LinkConditions.Perfect));
        line(Streams(pairs: 1, bytesEach: 1_000_000_000, LinkConditions.GoodWiFi));
        line(Streams(pairs: 500, bytesEach: 2_000_000, LinkConditions.GoodWiFi));
        line(Streams(pairs: 10, bytesEach: 10_000_000, LinkConditions.PoorWiFi));
    }

    private static string Multicast(int segments, int hosts, int rounds, LinkConditions conditions)
    {
        var queue = new SimulationQueue();
        using var trace = new NetworkTrace(queue);
        var network = new SimulatedNetwork(queue, 1, trace);
        var ports = new List<IDiscoveryPort>();
        for (var s = 0; s < segments; s++)
        {
            var segment = network.Segment($"lan-{s}", conditions);
            for (var h = 0; h < hosts; h++)
            {
                var port = segment.Attach($"host-{s}-{h}", new IPAddress([10, (byte)s, (byte)(h / 250), (byte)(h % 250 + 1)])).OpenPort();
                port.Open(new ReleasingReceiver(port));
                port.Refresh(null);
                ports.Add(port);
            }
        }
        var packet = new byte[300];
        return Timed($"multicast, {segments} x {hosts} hosts, {Name(conditions)}", queue, () =>
        {
            for (var round = 0; round < rounds; round++)
            {
                foreach (var port in ports)
                    port.Send(1, DiscoveryMedium.Multicast, packet, null);
                queue.RunFor(TimeSpan.FromSeconds(1));
            }
            return $"{network.Datagrams.PacketsDelivered:n0} deliveries";
        }, seconds => $"{network.Datagrams.PacketsDelivered / seconds:n0} deliveries/s");
    }

    private static string Streams(int pairs, int bytesEach, LinkConditions conditions)
    {
        var queue = new SimulationQueue();
        using var trace = new NetworkTrace(queue);
        var network = new SimulatedNetwork(queue, 1, trace);
        var segment = network.Segment("lan", conditions);
        var received = 0L;
        for (var i = 0; i < pairs; i++)
        {
            var from = segment.Attach($"from-{i}", new IPAddress([10, 0, (byte)(i / 250), (byte)(i % 250 + 1)]));
            var to = segment.Attach($"to-{i}", new IPAddress([10, 1, (byte)(i / 250), (byte)(i % 250 + 1)]));
            _ = ReceiveAsync(to, bytes => received += bytes);
            _ = SendAsync(from, new IPEndPoint(to.Address, Port), bytesEach);
        }
        return Timed($"streams, {pairs} x {bytesEach / 1_000_000} MB, {Name(conditions)}", queue, () =>
        {
            var total = (long)pairs * bytesEach;
            return queue.RunUntil(() => received == total, TimeSpan.FromDays(1)) ? $"{total / 1_000_000:n0} MB" : throw new InvalidOperationException($"Only {received} bytes of {total} came.");
        }, seconds => $"{received / 1e6 / seconds:n0} MB/s");
    }

    private static async Task SendAsync(SimulatedHost from, IPEndPoint to, int bytes)
    {
        using var connection = await from.Transport.ConnectAsync(to, default).ConfigureAwait(false);
        var block = new byte[64 * 1024];
        for (var sent = 0; sent < bytes; sent += block.Length)
            await connection.WriteAsync(block.AsMemory(0, Math.Min(block.Length, bytes - sent)), default).ConfigureAwait(false);
    }

    private static async Task ReceiveAsync(SimulatedHost to, Action<int> got)
    {
        using var listener = to.Transport.Listen(new IPEndPoint(IPAddress.Any, Port));
        using var connection = await listener.AcceptAsync(default).ConfigureAwait(false);
        var buffer = new byte[64 * 1024];
        while (await connection.ReadAsync(buffer, default).ConfigureAwait(false) is > 0 and var read)
            got(read);
    }

    private static string Timed(string what, SimulationQueue queue, Func<string> run, Func<double, string> rate)
    {
        var watch = Stopwatch.StartNew();
        var done = run();
        var seconds = watch.Elapsed.TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{what}: {done} in {seconds:0.00} s, {rate(seconds)}; {queue.Steps:n0} steps, {queue.Elapsed.TotalSeconds:0.0} s of virtual time");
    }

    private static string Name(LinkConditions conditions) =>
        conditions == LinkConditions.GoodWiFi ? "good Wi-Fi" : conditions == LinkConditions.PoorWiFi ? "poor Wi-Fi" : "no limits";

    private sealed class ReleasingReceiver(IDiscoveryPort port) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "receiver";

        public override IActorRefProvider Provider => throw new NotSupportedException();

        protected override void TellInternal(object message, IActorRef sender) => port.Release();
    }
}
