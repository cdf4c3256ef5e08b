namespace OpenShare.Device.Tests.Transfers;

/// <summary>The steps of a transfer overlap.</summary>
public sealed class PipelineTests : TransferSpecs
{
    [Fact]
    public async Task Chunks_arrive_before_the_last_one_is_hashed()
    {
        var (ann, ben) = Devices();
        var content = ann.Write("file", 48 * Chunk);
        using var arrived = new ManualResetEventSlim();
        var isInTime = true;
        ben.Disk.OnWrite = _ => arrived.Set();
        ann.Disk.OnRead = place =>
        {
            if (place.Offset >= 40 * Chunk && !arrived.Wait(TimeSpan.FromSeconds(10)))
                isInTime = false;
        };

        AssertCompleted(await ann.EndsAsync(await ann.SendAsync(ben, "file")), 1);

        Assert.True(isInTime, "nothing arrived while the end of the file was not read yet");
        Assert.Equal(content, ben.Arrived("file"));
    }
}
