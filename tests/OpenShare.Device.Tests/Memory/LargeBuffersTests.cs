using OpenShare.Device.Memory;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Memory;

public sealed class LargeBuffersTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17 * 1024)]
    [InlineData(17 * 1024 + 1)]
    [InlineData(Limits.DefaultChunk)]
    [InlineData(Limits.FrameBytes + 64 * 1024)]
    [InlineData(8 * Limits.FrameBytes)]
    public void A_buffer_has_what_was_asked_for_and_no_twice_as_much(int length)
    {
        var buffer = new LargeBuffers().Rent(length);

        Assert.InRange(buffer.Length, length, Math.Max(2 * length - 1, 17 * 1024));
    }

    [Fact]
    public void A_frame_of_one_chunk_with_all_that_is_read_along_takes_a_sixteenth_more_than_the_chunk()
    {
        var buffer = new LargeBuffers().Rent(Limits.DefaultChunk + 17 * 1024);

        Assert.Equal(Limits.DefaultChunk * 17 / 16, buffer.Length);
    }

    [Fact]
    public void What_is_given_back_is_used_again()
    {
        var pool = new LargeBuffers();
        var buffer = pool.Rent(Limits.DefaultChunk);

        pool.Return(buffer);

        Assert.Same(buffer, pool.Rent(Limits.DefaultChunk));
        Assert.NotSame(buffer, pool.Rent(Limits.DefaultChunk));
    }

    [Fact]
    public void What_is_not_of_its_sizes_is_not_kept()
    {
        var pool = new LargeBuffers();
        var (foreign, huge) = (new byte[Limits.DefaultChunk], pool.Rent(8 * Limits.FrameBytes));

        pool.Return(foreign);
        pool.Return(huge);

        Assert.Equal(Limits.DefaultChunk * 17 / 16, pool.Rent(Limits.DefaultChunk).Length);
        Assert.NotSame(huge, pool.Rent(8 * Limits.FrameBytes));
    }

    [Fact]
    public void No_more_than_a_handful_is_kept()
    {
        var pool = new LargeBuffers();
        var buffers = Enumerable.Range(0, 20).Select(_ => pool.Rent(1)).ToList();
        buffers.ForEach(b => pool.Return(b));

        Assert.Equal(8, Enumerable.Range(0, 20).Select(_ => pool.Rent(1)).Intersect(buffers).Count());
    }
}
