using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>Gives out the bytes it was made with, in order: a vector's stated "random" inputs.</summary>
internal sealed class ScriptedRandom(params byte[][] values) : IRandomSource
{
    private readonly Queue<byte[]> _values = new(values);

    public void Fill(Span<byte> bytes)
    {
        var next = _values.Dequeue();
        Assert.Equal(bytes.Length, next.Length);
        next.CopyTo(bytes);
    }
}
