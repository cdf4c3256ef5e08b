namespace OpenShare.Simulation.Network.Observing;

/// <summary>
/// Sees what happens on the wire, as it happens. It may look and count; it must not act on the simulated world.
/// Packets without bytes, such as those that open a connection, are not shown.
/// </summary>
public interface INetworkObserver
{
    void Dialled(NetworkFlow flow) { }

    /// <summary>The dialler's side is open.</summary>
    void Connected(NetworkFlow flow) { }

    /// <summary>One write to a stream, or one datagram: the raw bytes, which are only there during the call.</summary>
    void Sent(NetworkFlow flow, ReadOnlySpan<byte> bytes) { }

    /// <param name="to">the receiving host's name</param>
    void Delivered(NetworkFlow flow, string to, int bytes) { }

    /// <summary>Once for each burst of a stream that met loss, though TCP repeats it; once for each receiver of a datagram.</summary>
    void Dropped(NetworkFlow flow, string to, DropReason reason) { }

    /// <summary>The side that sends this flow learned that its connection was reset, or gave it up.</summary>
    void Broken(NetworkFlow flow, string reason) { }
}

/// <summary>One direction of a connection, or what a port sends to one destination.</summary>
/// <param name="Number">the same for a direction's whole life and for nothing else; of a port's datagrams, the port's</param>
/// <param name="From">the sending host's name</param>
public sealed record NetworkFlow(long Number, string From, System.Net.IPEndPoint Source, System.Net.IPEndPoint Destination, bool IsStream);

public enum DropReason
{
    /// <summary>By the chance that the conditions give.</summary>
    Lost,

    /// <summary>A link down, a host off or elsewhere, a partition.</summary>
    Unreachable,

    /// <summary>Multicast or broadcast, where that is blocked.</summary>
    Blocked,

    /// <summary>More is under way to the receiver than it may have.</summary>
    ReceiverFull,
}
