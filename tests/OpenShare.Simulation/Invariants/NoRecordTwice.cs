using System.Buffers.Binary;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>
/// No nonce is used twice under a key. Seen from the wire: the same small message sealed so gives the same bytes, and
/// every stream begins with one that is always the same, so no sealed bytes may ever be seen a second time.
/// </summary>
internal sealed class NoRecordTwice : Invariant
{
    // Shorter than this are only hints, which are clear text.
    private const int Least = 36;

    private readonly HashSet<(ulong, ulong, int)> _seen = [];

    internal override string Name => "no-record-twice";

    internal override void OnSent(SimulatedDevice device, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Least)
            return;
        // The last 16 bytes are a record's tag, or, in a handshake, as random.
        var tail = bytes[^16..];
        if (!_seen.Add((BinaryPrimitives.ReadUInt64LittleEndian(tail), BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]), bytes.Length)))
            Alarm($"{device.Name} sent {bytes.Length} sealed bytes that were on the wire before: a nonce was used twice");
    }
}
