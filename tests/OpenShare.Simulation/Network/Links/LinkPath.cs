namespace OpenShare.Simulation.Network.Links;

/// <summary>The way from one host to another, both links together, and the draws of what happens to a packet on it.</summary>
internal readonly struct LinkPath
{
    internal const int PacketBytes = 1500;

    private static readonly TimeSpan WithinAHost = TimeSpan.FromMicroseconds(20);

    internal TimeSpan Latency { get; private init; }

    internal TimeSpan Jitter { get; private init; }

    internal double Loss { get; private init; }

    internal double Duplication { get; private init; }

    internal double Reordering { get; private init; }

    internal TimeSpan ReorderingDelay { get; private init; }

    /// <summary>Of the slower link; 0: no limit.</summary>
    internal long BytesPerSecond { get; private init; }

    internal TimeSpan RoundTrip => Latency + Latency + Jitter;

    internal static LinkPath Between(SimulatedHost from, SimulatedHost to)
    {
        if (from == to)
            return new LinkPath { Latency = WithinAHost };
        var (a, b) = (from.Conditions, to.Conditions);
        return new LinkPath
        {
            Latency = a.Latency + b.Latency,
            Jitter = a.Jitter + b.Jitter,
            Loss = Either(a.Loss, b.Loss),
            Duplication = Either(a.Duplication, b.Duplication),
            Reordering = Either(a.Reordering, b.Reordering),
            ReorderingDelay = a.ReorderingDelay > b.ReorderingDelay ? a.ReorderingDelay : b.ReorderingDelay,
            BytesPerSecond = a.BytesPerSecond == 0 || b.BytesPerSecond != 0 && b.BytesPerSecond < a.BytesPerSecond ? b.BytesPerSecond : a.BytesPerSecond,
        };
    }

    internal static int Packets(int bytes) => Math.Max(1, (bytes + PacketBytes - 1) / PacketBytes);

    internal TimeSpan Delay(Random random, int packets = 1)
    {
        var delay = Latency;
        if (Jitter > TimeSpan.Zero)
            delay += TimeSpan.FromTicks((long)(random.NextDouble() * Jitter.Ticks));
        if (FirstOf(random, Reordering, packets) < packets)
            delay += ReorderingDelay;
        return delay;
    }

    internal bool Loses(Random random) => Loss > 0 && random.NextDouble() < Loss;

    internal bool Duplicates(Random random) => Duplication > 0 && random.NextDouble() < Duplication;

    /// <returns>which of the packets is the first to be lost; their number: none</returns>
    internal int FirstLost(Random random, int packets) => FirstOf(random, Loss, packets);

    // One draw instead of one for each packet: the wait for the first success is spread geometrically.
    private static int FirstOf(Random random, double chance, int packets)
    {
        if (chance <= 0)
            return packets;
        if (chance >= 1)
            return 0;
        var first = Math.Log(1 - random.NextDouble()) / Math.Log(1 - chance);
        return first < packets ? (int)first : packets;
    }

    private static double Either(double a, double b) => 1 - (1 - a) * (1 - b);
}
