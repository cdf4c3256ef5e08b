namespace OpenShare.Protocol.Identity;

/// <summary>Where every random byte of the protocol comes from: the system's generator in life, a seed in a simulation.</summary>
public interface IRandomSource
{
    void Fill(Span<byte> bytes);
}

public static class RandomSourceExtensions
{
    public static byte[] Bytes(this IRandomSource random, int count)
    {
        var bytes = new byte[count];
        random.Fill(bytes);
        return bytes;
    }
}
