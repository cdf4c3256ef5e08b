namespace OpenShare.Simulation.Network.Observing;

/// <summary>Packets of up to 1,500 bytes since the start; a stream's repeated ones count again.</summary>
public sealed class TrafficCounters
{
    public long PacketsSent { get; private set; }

    public long BytesSent { get; private set; }

    public long PacketsDelivered { get; private set; }

    public long BytesDelivered { get; private set; }

    public long PacketsDropped { get; private set; }

    internal void Sent(int packets, int bytes) => (PacketsSent, BytesSent) = (PacketsSent + packets, BytesSent + bytes);

    internal void Delivered(int packets, int bytes) => (PacketsDelivered, BytesDelivered) = (PacketsDelivered + packets, BytesDelivered + bytes);

    internal void Dropped(int packets) => PacketsDropped += packets;
}
