using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Network.Streams;

/// <summary>What a stream sends at once. Without bytes it is a mark, or asks for an answer.</summary>
internal sealed class Burst(BurstKind kind, ReadOnlyMemory<byte> bytes = default)
{
    internal BurstKind Kind => kind;

    internal ReadOnlyMemory<byte> Bytes { get; private set; } = bytes;

    internal int Packets => LinkPath.Packets(Bytes.Length);

    internal Burst? Next { get; set; }

    /// <summary>The rest becomes the next burst.</summary>
    internal void Split(int length)
    {
        Next = new Burst(kind, Bytes[length..]) { Next = Next };
        Bytes = Bytes[..length];
    }
}

internal enum BurstKind
{
    Bytes,

    /// <summary>The dialler's last word of the three that open a connection.</summary>
    Open,

    /// <summary>No bytes come after it.</summary>
    End,

    /// <summary>Says nothing: the other side is to repeat what it has.</summary>
    Probe,
}
