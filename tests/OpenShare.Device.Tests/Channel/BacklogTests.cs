using Google.Protobuf;
using OpenShare.Device.Channel;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Channel;

/// <summary>How long a reader waits for what it read to be handled.</summary>
public sealed class BacklogTests
{
    private const int Half = (int)(Backlog.Most / 2);

    private readonly Backlog _backlog = new();

    [Fact]
    public void It_has_room_until_more_is_in_it_than_may_be_and_again_when_half_of_that_is_handled()
    {
        var first = _backlog.Add(OfBytes(Half));
        Assert.True(_backlog.Room.IsCompleted);
        var second = _backlog.Add(OfBytes(Half));
        var room = _backlog.Room;
        Assert.False(room.IsCompleted);

        first();
        Assert.False(room.IsCompleted);
        second();

        Assert.True(room.IsCompleted);
        Assert.True(_backlog.Room.IsCompleted);
    }

    [Fact]
    public void Messages_without_a_word_in_them_fill_it_too()
    {
        for (var i = 0; i <= Backlog.Most / 256; i++)
            _backlog.Add(new Control());

        Assert.False(_backlog.Room.IsCompleted);
    }

    [Fact]
    public void What_is_forgotten_makes_room_and_counts_for_nothing_when_it_is_handled_after_all()
    {
        var late = _backlog.Add(OfBytes(2 * Half));
        var room = _backlog.Room;

        _backlog.Forget();
        Assert.True(room.IsCompleted);
        late();
        _backlog.Add(OfBytes(2 * Half));

        Assert.False(_backlog.Room.IsCompleted);
    }

    [Fact]
    public void One_that_is_closed_keeps_no_reader_waiting()
    {
        _backlog.Add(OfBytes(2 * Half));
        var room = _backlog.Room;

        _backlog.Close();
        _backlog.Add(OfBytes(2 * Half));

        Assert.True(room.IsCompleted);
        Assert.True(_backlog.Room.IsCompleted);
    }

    private static Control OfBytes(int count) => new() { ManifestOffer = new ManifestOffer { Page = new Signed { Payload = ByteString.CopyFrom(new byte[count]) } } };
}
