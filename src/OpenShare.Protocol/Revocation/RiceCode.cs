using System.Buffers.Binary;
using System.Numerics;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Revocation;

/// <summary>
/// The Rice code of gaps (openshare.proto, DeviceNumbers): within some per cent of what gaps at random need at least, and read
/// with two shifts each.
/// </summary>
internal static class RiceCode
{
    internal const int MostRice = 48;

    /// <summary>The parameter that suits gaps of this mean.</summary>
    internal static int For(ulong mean) => mean == 0 ? 0 : Math.Min(MostRice, BitOperations.Log2(mean));

    internal sealed class Writer(int rice)
    {
        private readonly List<byte> _bytes = [];
        private ulong _pending;
        private int _bits;

        /// <exception cref="ProtocolException">it would be longer than any list: the parameter is somebody's who wants that</exception>
        internal void Write(ulong gap)
        {
            if ((gap >> rice) / 8 + (ulong)_bytes.Count > Limits.RevocationList)
                throw new ProtocolException("These device numbers are coded in more bytes than a revocation list may have.");
            for (var zeros = gap >> rice; ; zeros -= 32)
            {
                if (zeros < 32)
                {
                    Append(1UL << (int)zeros, (int)zeros + 1);
                    break;
                }
                Append(0, 32);
            }
            Append(gap & ((1UL << rice) - 1), rice);
        }

        internal byte[] ToBytes() => _bits == 0 ? [.. _bytes] : [.. _bytes, (byte)_pending];

        // At most 48 bits: up to 7 are pending.
        private void Append(ulong bits, int count)
        {
            _pending |= bits << _bits;
            for (_bits += count; _bits >= 8; _bits -= 8, _pending >>= 8)
                _bytes.Add((byte)_pending);
        }
    }

    /// <summary>Reads gap after gap from anywhere that one begins.</summary>
    internal ref struct Reader(ReadOnlySpan<byte> bytes, int rice, long at = 0)
    {
        // Of eight bytes that begin in the middle of one, so many bits are sure.
        private const int Sure = 57;

        private readonly ReadOnlySpan<byte> _bytes = bytes;

        /// <summary>The bit that is read next.</summary>
        internal long At { get; private set; } = at;

        /// <exception cref="ProtocolException">past the end, or larger than any gap</exception>
        internal ulong Read()
        {
            var high = ReadZeros();
            if (high > long.MaxValue >> rice)
                throw new ProtocolException("These device numbers are larger than any device's.");
            var low = Window() & ((1UL << rice) - 1);
            At += rice;
            if (At > 8L * _bytes.Length)
                throw Cut();
            return ((ulong)high << rice) | low;
        }

        private long ReadZeros()
        {
            for (var zeros = 0L; ;)
            {
                var next = BitOperations.TrailingZeroCount(Window());
                if (next < Sure)
                {
                    At += next + 1;
                    return zeros + next;
                }
                zeros += Sure;
                At += Sure;
                if (At >= 8L * _bytes.Length)
                    throw Cut();
            }
        }

        // Past the end there are zeros.
        private readonly ulong Window()
        {
            var from = _bytes[(int)Math.Min(At >> 3, _bytes.Length)..];
            if (from.Length >= sizeof(ulong))
                return BinaryPrimitives.ReadUInt64LittleEndian(from) >> (int)(At & 7);
            Span<byte> last = stackalloc byte[sizeof(ulong)];
            last.Clear();
            from.CopyTo(last);
            return BinaryPrimitives.ReadUInt64LittleEndian(last) >> (int)(At & 7);
        }

        private static ProtocolException Cut() => new("These device numbers end in the middle of one.");
    }
}
