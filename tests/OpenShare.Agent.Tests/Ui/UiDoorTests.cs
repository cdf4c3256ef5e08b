using Microsoft.Extensions.Time.Testing;
using OpenShare.Agent.Ui;

namespace OpenShare.Agent.Tests.Ui;

public sealed class UiDoorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly UiDoor _door;

    public UiDoorTests() => _door = new UiDoor(_time);

    [Fact]
    public void A_link_is_good_once_and_for_two_minutes()
    {
        var (used, late) = (_door.NewLink(), _door.NewLink());
        var session = Assert.IsType<string>(_door.Open(used));
        Assert.Null(_door.Open(used));
        Assert.Null(_door.Open(""));
        Assert.True(_door.IsOpenTo(session));
        // A link's key is no session's.
        Assert.False(_door.IsOpenTo(late));
        _time.Advance(UiDoor.LinkLifetime);
        Assert.Null(_door.Open(late));
    }

    [Fact]
    public void A_session_ends_after_half_a_day()
    {
        var session = _door.Open(_door.NewLink());
        _time.Advance(UiDoor.SessionLifetime - TimeSpan.FromSeconds(1));
        Assert.True(_door.IsOpenTo(session));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_door.IsOpenTo(session));
        Assert.False(_door.IsOpenTo(null));
    }

    [Fact]
    public void Of_links_and_sessions_without_end_the_oldest_give_way()
    {
        var links = Enumerable.Range(0, 20).Select(_ => _door.NewLink()).ToList();
        Assert.Equal(8, links.Count(l => _door.Open(l) is not null));
        var sessions = Enumerable.Range(0, 40).Select(_ => _door.Open(_door.NewLink())).ToList();
        Assert.Equal(sessions[^16..], sessions.Where(_door.IsOpenTo));
    }
}
