using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Support;

/// <summary>Random bytes that a seed decides. One caller at a time, or behind its own lock.</summary>
internal sealed class SeededRandom(int seed) : IRandomSource
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    public void Fill(Span<byte> bytes)
    {
        lock (_lock)
            _random.NextBytes(bytes);
    }
}
