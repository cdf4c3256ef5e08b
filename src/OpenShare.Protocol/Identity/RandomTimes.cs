using System.Buffers.Binary;

namespace OpenShare.Protocol.Identity;

/// <summary>Jitter: what many devices do at one event, they must not do at one time.</summary>
public static class RandomTimes
{
    /// <summary>Evenly distributed between the two.</summary>
    public static TimeSpan Between(this IRandomSource random, TimeSpan min, TimeSpan max)
    {
        Span<byte> bytes = stackalloc byte[4];
        random.Fill(bytes);
        return min + ((max - min) * (BinaryPrimitives.ReadUInt32BigEndian(bytes) / (double)uint.MaxValue));
    }

    internal static TimeSpan Between(this IRandomSource random, (TimeSpan Min, TimeSpan Max) range) => random.Between(range.Min, range.Max);
}
