using System.Buffers.Binary;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Registration;

/// <summary>
/// Exponential back-off with full jitter: after n failures anything from nothing to <paramref name="First"/> · 2^(n-1),
/// at most <paramref name="Longest"/>. A service that comes back is not met by all its devices at once.
/// </summary>
public sealed record RetryDelay(TimeSpan First, TimeSpan Longest)
{
    /// <param name="failures">in a row, from 1</param>
    public TimeSpan After(int failures, IRandomSource random)
    {
        // Beyond 2^30 any sensible first delay is past any sensible longest one.
        var ceiling = Math.Min(Longest.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Clamp(failures - 1, 0, 30)));
        var fraction = BinaryPrimitives.ReadUInt32LittleEndian(random.Bytes(4)) / (double)uint.MaxValue;
        return TimeSpan.FromMilliseconds(ceiling * fraction);
    }
}
