namespace OpenShare.Device.Tests.Transfers;

/// <summary>The steps of a transfer overlap, and what each costs is shared by many chunks.</summary>
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

    [Fact]
    public async Task Small_files_are_synced_together()
    {
        var (ann, ben) = Devices();
        for (var file = 0; file < 1000; file++)
            ann.Write($"many/{file}", 10, file);
        var syncs = 0;
        ben.Disk.OnSync = () => Interlocked.Increment(ref syncs);

        AssertCompleted(await ann.EndsAsync(await ann.SendAsync(ben, "many")), 1001);

        // Besides the round at their end, in which they are placed.
        Assert.InRange(syncs, 0, 1);
    }
}
