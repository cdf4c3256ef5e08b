using System.Globalization;
using System.Net;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Network.Observing;
using OpenShare.Simulation.Network.Streams;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Tests.Network;

/// <summary>A network with one segment whose every packet takes 10 ms from host to host, unless a test says otherwise.</summary>
internal sealed class NetworkWorld : INetworkObserver
{
    internal const int Port = 4711;

    internal static readonly LinkConditions FiveMilliseconds = new() { Latency = TimeSpan.FromMilliseconds(5) };

    internal NetworkWorld(LinkConditions? conditions = null, int seed = 1, bool lines = false)
    {
        // A test's may take continuations to another thread.
        SynchronizationContext.SetSynchronizationContext(null);
        Queue = new SimulationQueue();
        Trace = new NetworkTrace(Queue, lines ? Lines.Add : null);
        Network = new SimulatedNetwork(Queue, seed, this, Trace);
        Segment = Network.Segment("lan", conditions ?? FiveMilliseconds);
    }

    internal SimulationQueue Queue { get; }

    internal SimulatedNetwork Network { get; }

    internal SimulatedSegment Segment { get; }

    internal NetworkTrace Trace { get; }

    internal List<string> Lines { get; } = [];

    /// <summary>Writes of a few bytes.</summary>
    internal List<string> Sent { get; } = [];

    internal List<DropReason> Drops { get; } = [];

    /// <summary>Virtual time in milliseconds.</summary>
    internal double Now => Queue.Elapsed.TotalMilliseconds;

    internal static IPAddress Address(int number) => new([10, 0, (byte)(number / 250), (byte)(number % 250 + 1)]);

    internal SimulatedHost Host(string name) => Segment.Attach(name, Address(Segment.Hosts.Count));

    internal void RunFor(double milliseconds) => Queue.RunFor(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Runs until it is done.</summary>
    internal T Run<T>(Task<T> task)
    {
        Assert.True(Queue.RunUntil(() => task.IsCompleted, TimeSpan.FromHours(1)), "It did not come to an end.");
        return task.GetAwaiter().GetResult();
    }

    internal void Run(Task task)
    {
        Assert.True(Queue.RunUntil(() => task.IsCompleted, TimeSpan.FromHours(1)), "It did not come to an end.");
        task.GetAwaiter().GetResult();
    }

    internal string FailureOf(Task task)
    {
        Assert.True(Queue.RunUntil(() => task.IsCompleted, TimeSpan.FromHours(1)), "It did not come to an end.");
        return Assert.Throws<OpenShare.Device.Transport.TransportException>(() => task.GetAwaiter().GetResult()).Message;
    }

    internal (SimulatedConnection Near, SimulatedConnection Far) Connect(SimulatedHost from, SimulatedHost to)
    {
        using var listener = to.Transport.Listen(new IPEndPoint(IPAddress.Any, Port));
        var accepting = listener.AcceptAsync(default);
        var near = Run(from.Transport.ConnectAsync(new IPEndPoint(to.Address, Port), default));
        return ((SimulatedConnection)near, (SimulatedConnection)Run(accepting));
    }

    /// <summary>Two hosts and a connection between them, open on both sides.</summary>
    internal (SimulatedHost A, SimulatedHost B, SimulatedConnection Near, SimulatedConnection Far) Connected()
    {
        var (a, b) = (Host("a"), Host("b"));
        var (near, far) = Connect(a, b);
        RunFor(100);
        return (a, b, near, far);
    }

    /// <summary>Reads one byte.</summary>
    internal static Task<int> Reading(SimulatedConnection connection) => connection.ReadAsync(new byte[1], default).AsTask();

    void INetworkObserver.Sent(NetworkFlow flow, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 100)
            Sent.Add(string.Create(CultureInfo.InvariantCulture, $"{flow.From} {flow.Number} {Convert.ToHexString(bytes)}"));
    }

    void INetworkObserver.Dropped(NetworkFlow flow, string to, DropReason reason) => Drops.Add(reason);
}
