using System.Buffers;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Hosting;

/// <summary>
/// The buffers of frames, and of what is read to be hashed or copied. A pool of its own, as the shared one keeps some for each thread
/// and each core that ever gave one back: tens of MiB for what is used by a handful at a time.
/// </summary>
internal static class LargeBuffers
{
    // A pool's arrays are powers of two: a frame with its headers, and what the next message sent along, are more than 4 MiB.
    internal static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(2 * Limits.FrameBytes, maxArraysPerBucket: 8);
}
