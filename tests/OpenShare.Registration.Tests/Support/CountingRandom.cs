using OpenShare.Protocol.Identity;

namespace OpenShare.Registration.Tests.Support;

/// <summary>Bytes that count up: 00, 01, 02 … so that a golden file can be made again.</summary>
internal sealed class CountingRandom : IRandomSource
{
    private byte _next;

    public void Fill(Span<byte> bytes)
    {
        foreach (ref var b in bytes)
            b = _next++;
    }
}
