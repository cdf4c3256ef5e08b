namespace OpenShare.Simulation.Network.Links;

/// <summary>
/// What one host's link to its segment does to what crosses it, either way. Between two hosts a packet crosses two
/// links, the sender's and the receiver's: latencies add up, and it may be lost on either.
/// </summary>
public sealed record LinkConditions
{
    /// <summary>A link that adds nothing.</summary>
    public static readonly LinkConditions Perfect = new();

    public static readonly LinkConditions Wired = new()
    {
        Latency = TimeSpan.FromMicroseconds(100),
        Jitter = TimeSpan.FromMicroseconds(20),
        BytesPerSecond = 117_000_000,
    };

    public static readonly LinkConditions GoodWiFi = new()
    {
        Latency = TimeSpan.FromMilliseconds(1),
        Jitter = TimeSpan.FromMilliseconds(1),
        BytesPerSecond = 40_000_000,
        Loss = 0.000_5,
    };

    public static readonly LinkConditions PoorWiFi = new()
    {
        Latency = TimeSpan.FromMilliseconds(4),
        Jitter = TimeSpan.FromMilliseconds(20),
        BytesPerSecond = 2_000_000,
        Loss = 0.02,
        Duplication = 0.002,
        Reordering = 0.01,
        ReorderingDelay = TimeSpan.FromMilliseconds(15),
    };

    /// <summary>One way.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Up to so much is added to the latency, evenly spread.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Of each direction; 0: no limit.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>Chance that a packet is lost, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>Chance that a datagram comes twice, 0 to 1. A byte stream does not show it.</summary>
    public double Duplication { get; init; }

    /// <summary>Chance that a packet takes <see cref="ReorderingDelay"/> longer, 0 to 1.</summary>
    public double Reordering { get; init; }

    public TimeSpan ReorderingDelay { get; init; }

    /// <summary>Multicast goes neither in nor out. The host still hears itself.</summary>
    public bool MulticastBlocked { get; init; }

    /// <summary>Broadcast goes neither in nor out.</summary>
    public bool BroadcastBlocked { get; init; }
}
