using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Handshake;

public sealed class DialMachineTests
{
    private static readonly DateTimeOffset Now = Organisation.Now;
    private readonly DialMachine _dial = new(new SeededRandom(3));

    [Fact]
    public void A_link_that_was_cut_is_dialled_again_at_once_while_it_is_wanted()
    {
        var cut = Now + DialMachine.LastsAfter;
        Assert.True(_dial.Want(Now));
        _dial.Linked(Now);
        Assert.True(_dial.Unlinked(cut, hasCarried: false));
        _dial.Linked(cut);
        _dial.Release();
        Assert.False(_dial.Unlinked(cut + DialMachine.LastsAfter, hasCarried: false));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_link_that_opens_and_dies_at_once_is_dialled_with_ever_longer_pauses_until_one_lasts(bool saysGoodbye)
    {
        var pauses = new List<TimeSpan>();
        var now = Now;
        _dial.Want(now);
        for (var i = 0; i < 10; i++)
        {
            _dial.Linked(now);
            now += TimeSpan.FromMilliseconds(10);
            if (saysGoodbye)
                _dial.PeerSaidGoodbye(now);
            else
                Assert.False(_dial.Unlinked(now, hasCarried: false));
            pauses.Add(_dial.NextTimeout!.Value - now);
            now = _dial.NextTimeout.Value;
            Assert.True(_dial.HandleTimeout(now));
        }

        Assert.All(pauses.Select((pause, i) => (pause, Ceiling: DialMachine.FirstPause * Math.Pow(2, i))), p =>
            Assert.InRange(p.pause, Min(p.Ceiling, DialMachine.LongestPause) / 10, Min(p.Ceiling, DialMachine.LongestPause)));
        _dial.Linked(now);
        Assert.True(_dial.Unlinked(now + DialMachine.LastsAfter, hasCarried: false));

        static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
    }

    [Fact]
    public void A_link_that_dies_at_once_and_carried_chunks_is_dialled_without_a_pause_each_time()
    {
        _dial.Want(Now);
        for (var i = 0; i < 10; i++)
        {
            _dial.Linked(Now);
            Assert.True(_dial.Unlinked(Now, hasCarried: true));
        }

        _dial.Linked(Now);
        Assert.False(_dial.Unlinked(Now, hasCarried: false));
        Assert.InRange(_dial.NextTimeout!.Value - Now, DialMachine.FirstPause / 10, DialMachine.FirstPause);
    }

    [Fact]
    public void What_waits_since_a_link_died_at_once_is_dialled_when_the_peer_is_seen()
    {
        _dial.Want(Now);
        _dial.Linked(Now);
        _dial.Unlinked(Now, hasCarried: false);
        Assert.True(_dial.Sighted(Now));
    }

    [Fact]
    public void After_an_outage_a_link_that_dies_at_once_is_dialled_soon()
    {
        _dial.Want(Now);
        for (var i = 0; i < 10; i++)
        {
            _dial.DialFailed(worthRetrying: true, Now);
            _dial.HandleTimeout(_dial.NextTimeout!.Value);
        }
        _dial.Linked(Now);

        _dial.Unlinked(Now, hasCarried: false);

        Assert.InRange(_dial.NextTimeout!.Value - Now, DialMachine.FirstPause / 10, DialMachine.FirstPause);
    }

    [Fact]
    public void A_refusal_ends_it_and_one_of_who_it_was_before_does_not()
    {
        _dial.Want(Now);
        _dial.Renewed();
        _dial.DialFailed(worthRetrying: false, Now);
        Assert.InRange(_dial.NextTimeout!.Value - Now, DialMachine.FirstPause / 10, DialMachine.FirstPause);

        Assert.True(_dial.HandleTimeout(_dial.NextTimeout.Value));
        _dial.DialFailed(worthRetrying: false, Now);
        Assert.False(_dial.IsWanted);
        Assert.Null(_dial.NextTimeout);
    }

    [Fact]
    public void Between_two_dials_nothing_is_out_of_date()
    {
        _dial.Want(Now);
        _dial.DialFailed(worthRetrying: true, Now);
        _dial.Renewed();
        Assert.True(_dial.HandleTimeout(_dial.NextTimeout!.Value));
        Assert.False(_dial.IsOutdated);
    }

    [Fact]
    public void A_dial_that_nobody_wants_any_more_is_not_begun_anew()
    {
        _dial.Want(Now);
        _dial.Release();

        Assert.False(_dial.Sighted(Now + DialMachine.FutileAfter));
    }

    [Fact]
    public void After_a_goodbye_a_wanted_link_is_dialled_after_a_pause()
    {
        _dial.Want(Now);
        _dial.Linked(Now);
        _dial.PeerSaidGoodbye(Now);

        Assert.False(_dial.HandleTimeout(Now));
        var due = _dial.NextTimeout!.Value;
        Assert.InRange(due - Now, DialMachine.FirstPause / 10, DialMachine.FirstPause);
        Assert.True(_dial.HandleTimeout(due));
    }

    [Fact]
    public void After_a_goodbye_a_wanted_link_is_dialled_at_once_when_the_peer_is_seen()
    {
        _dial.Want(Now);
        _dial.Linked(Now);
        _dial.PeerSaidGoodbye(Now);
        Assert.True(_dial.Sighted(Now));
    }

    [Fact]
    public void After_a_goodbye_nobody_dials_where_nobody_wants_a_link()
    {
        _dial.Linked(Now);
        _dial.PeerSaidGoodbye(Now);
        Assert.Null(_dial.NextTimeout);
        Assert.False(_dial.Sighted(Now));
    }

    [Fact]
    public void A_dial_that_has_run_for_long_when_the_peer_is_seen_is_begun_anew_and_a_fresh_one_is_let_run()
    {
        _dial.Want(Now);
        Assert.False(_dial.Sighted(Now + DialMachine.FutileAfter - TimeSpan.FromMilliseconds(1)));
        Assert.True(_dial.Sighted(Now + DialMachine.FutileAfter));
        // Which is a fresh one.
        Assert.False(_dial.Sighted(Now + DialMachine.FutileAfter));
    }

    [Fact]
    public void Whoever_announces_a_peer_without_end_lets_a_dial_run_longer_each_time()
    {
        _dial.Want(Now);
        var begun = Enumerable.Range(1, 200).Select(i => Now + TimeSpan.FromSeconds(i / 10.0)).Where(_dial.Sighted).Select(at => (at - Now).TotalSeconds).ToList();
        Assert.Equal([1, 3, 7, 15], begun);

        _dial.DialFailed(worthRetrying: true, Now);
        _dial.Want(Now);
        Assert.True(_dial.Sighted(Now + DialMachine.FutileAfter));
    }

    [Fact]
    public void Once_the_peer_is_seen_back_off_begins_anew()
    {
        _dial.Want(Now);
        for (var i = 0; i < 10; i++)
        {
            _dial.DialFailed(worthRetrying: true, Now);
            Assert.True(_dial.HandleTimeout(_dial.NextTimeout!.Value));
        }
        _dial.DialFailed(worthRetrying: true, Now);
        Assert.True(_dial.Sighted(Now));

        _dial.DialFailed(worthRetrying: true, Now);

        Assert.InRange(_dial.NextTimeout!.Value - Now, DialMachine.FirstPause / 10, DialMachine.FirstPause);
    }
}
