using OpenShare.Device.Peers;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Peers;

/// <summary>How the streams of a link are shared by its transfers.</summary>
public sealed class LinkStreamsTests : IDisposable
{
    private readonly SeededRandom _random = new(3);
    private readonly LinkStreams _streams = new();

    [Fact]
    public void Where_half_of_them_are_taken_each_further_transfer_has_one()
    {
        for (var i = 0; i < LinkStreams.Most / 2 / 4; i++)
            Assert.Equal(4, Begin(TransferId.New(_random), 4));

        for (var i = 0; i < LinkStreams.Most / 2; i++)
            Assert.Equal(1, Begin(TransferId.New(_random), 4));
        Assert.Equal(0, Begin(TransferId.New(_random), 4));
    }

    [Fact]
    public void One_that_did_not_come_is_nobodys()
    {
        var transfer = TransferId.New(_random);
        Assert.Equal(LinkStreams.Most / 2, Begin(transfer, LinkStreams.Most));

        _streams.Joined(transfer, transfer, stream: null);

        Assert.Equal(1, Begin(transfer, 4));
    }

    public void Dispose() => _streams.Dispose();

    private int Begin(TransferId transfer, int wanted) => Enumerable.Range(0, wanted).TakeWhile(_ => _streams.TryBegin(transfer)).Count();
}
