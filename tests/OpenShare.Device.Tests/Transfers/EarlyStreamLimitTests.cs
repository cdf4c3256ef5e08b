using OpenShare.Device.Channel;
using OpenShare.Device.Peers;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A stream that is not wanted gets a goodbye; only one whose link is gone is cut.</summary>
public sealed class EarlyStreamLimitTests : IDisposable
{
    private static readonly DeviceId Peer = DeviceId.Parse(new string('1', 32));

    private readonly TransferId _transfer = TransferId.Parse(new string('7', 32));
    private readonly List<SecureStream> _ended = [];
    private readonly EarlyStreams _early;
    private readonly FakeConnection _connection = new();

    public EarlyStreamLimitTests() => _early = new EarlyStreams(_ended.Add);

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void Those_of_a_refused_offer_end_in_good_order()
    {
        var stream = Add(_connection);

        _early.Drop(Peer, _transfer);

        Assert.Equal([stream], _ended);
        Assert.False(_connection.IsClosed);
        Assert.Empty(_early.Take(Peer, _transfer));
    }

    [Fact]
    public void One_too_many_ends_in_good_order()
    {
        for (var i = 0; i < EarlyStreams.MostOfAPeer; i++)
            Add(new FakeConnection());

        var stream = Add(_connection);

        Assert.Equal([stream], _ended);
        Assert.False(_connection.IsClosed);
    }

    [Fact]
    public void Those_whose_link_is_gone_are_cut()
    {
        Add(_connection);

        _early.DropAllFrom(Peer);

        Assert.Empty(_ended);
        Assert.True(_connection.IsClosed);
    }

    private SecureStream Add(FakeConnection connection)
    {
        var stream = connection.Secured();
        _early.Add(new PeerEvents.StreamOpened(Peer, new LinkId(1), _transfer, 1, stream));
        return stream;
    }
}
