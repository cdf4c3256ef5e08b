using OpenShare.Device.Peers;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A sender asks for streams before it has hashed its first page: they wait for it.</summary>
public sealed class EarlyStreamTests : TransferSpecs
{
    [Fact]
    public async Task Streams_that_come_before_their_offer_make_no_row_and_serve_it_when_it_comes()
    {
        var (ann, ben) = Devices();
        var content = ann.Write("a.bin", 10 * Chunk);
        using var hashed = new ManualResetEventSlim();
        ann.Disk.OnRead = _ => hashed.Wait(TimeSpan.FromSeconds(20));
        var streams = CreateTestProbe();
        ben.Context.Events.Subscribe<PeerEvents.StreamOpened>(streams.Ref);

        var id = await ann.SendAsync(ben, "a.bin");
        for (var i = 0; i < TransferTuning.Default.Streams; i++)
            await streams.ExpectMsgAsync<PeerEvents.StreamOpened>(TimeSpan.FromSeconds(20));
        Assert.Empty(await ben.TransfersAsync());
        Assert.Empty(ben.Database.Transfers.All());
        hashed.Set();

        AssertCompleted(await ann.EndsAsync(id), delivered: 1);
        Assert.Equal(content, ben.Arrived("a.bin"));
        // None had to be asked for anew.
        streams.ExpectNoMsg(TimeSpan.Zero);
    }
}
