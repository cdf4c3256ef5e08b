using System.Buffers;
using System.Numerics;
using Microsoft.Extensions.ObjectPool;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Memory;

/// <summary>
/// The buffers of frames, and of what is read to be hashed or copied. A pool of its own, as the shared one keeps some for each thread
/// and each core that ever gave one back, and of sizes a sixteenth above powers of two: a frame is a chunk, which is one, with its head,
/// what its records add, and what was read of the next. Of twice a chunk, half would lie there unused.
/// </summary>
internal sealed class LargeBuffers : ArrayPool<byte>
{
    internal static readonly LargeBuffers Pool = new();

    private const int Smallest = 17 * 1024;
    private const int KeptOfEach = 8;

    // Up to a frame of the largest chunk.
    private readonly DefaultObjectPool<byte[]>[] _sizes =
        [.. Enumerable.Range(0, IndexOf(Limits.FrameBytes) + 1).Select(i => new DefaultObjectPool<byte[]>(new Arrays(Smallest << i), KeptOfEach))];

    /// <summary>What is in it is what was left there.</summary>
    public override byte[] Rent(int minimumLength)
    {
        var index = IndexOf(minimumLength);
        return index < _sizes.Length ? _sizes[index].Get() : GC.AllocateUninitializedArray<byte>(minimumLength);
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        var index = IndexOf(array.Length);
        if (clearArray)
            Array.Clear(array);
        if (index < _sizes.Length && array.Length == Smallest << index)
            _sizes[index].Return(array);
    }

    // Of the smallest size that has so many bytes.
    private static int IndexOf(int length) => length <= Smallest ? 0 : BitOperations.Log2((uint)(length - 1) / Smallest) + 1;

    private sealed class Arrays(int length) : PooledObjectPolicy<byte[]>
    {
        public override byte[] Create() => GC.AllocateUninitializedArray<byte>(length);

        public override bool Return(byte[] obj) => true;
    }
}
