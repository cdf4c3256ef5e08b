using System.Net;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Tests.Discovery.Places;

/// <summary>Whom to dial where it was last reached.</summary>
public sealed class LastKnownPlanTests
{
    private static readonly DeviceId Ben = Some.Device(2);
    private static readonly DeviceId Eve = Some.Device(3);

    private static readonly IPEndPoint s_place = new(IPAddress.Parse("10.0.0.2"), 4711);

    private readonly LastKnownPlan _plan = new();
    private DateTimeOffset _now = Some.Start;

    [Fact]
    public void While_nobody_is_heard_all_known_are_dialled_and_who_does_not_answer_ever_more_seldom()
    {
        _plan.HandleAlone([Ben, Eve], _now, _now);
        Assert.Equal([Ben, Eve], _plan.TakeDue(_now));
        Assert.Equal(RungState.Searching, _plan.State);

        List<TimeSpan> pauses = [];
        for (var i = 0; i < 8; i++)
        {
            Assert.False(_plan.HandleAnswered(Ben, at: null, _now));
            _plan.HandleAnswered(Eve, at: null, _now);
            pauses.Add(_plan.NextTimeout - _now);
            _now = _plan.NextTimeout;
            Assert.Equal(2, _plan.TakeDue(_now).Count);
        }

        Assert.Equal([10, 20, 40, 80, 160, 320, 600, 600], pauses.Select(p => p.TotalSeconds));
        Assert.Equal(RungState.Nobody, _plan.State);
    }

    [Fact]
    public void Who_answers_at_once_was_looked_for_since_the_search_began_and_who_answers_later_since_then()
    {
        var began = _now - TimeSpan.FromSeconds(10);
        _plan.HandleAlone([Ben], began, _now);
        _plan.TakeDue(_now);
        Assert.Equal(began, _plan.SoughtSince(Ben));

        _plan.HandleAnswered(Ben, at: null, _now);
        _now = _plan.NextTimeout;
        _plan.TakeDue(_now);
        Assert.Equal(_now, _plan.SoughtSince(Ben));

        _plan.HandleAskedFor(Eve, _now);
        _plan.TakeDue(_now);
        Assert.Equal(_now, _plan.SoughtSince(Eve));
    }

    [Fact]
    public void Who_answered_is_asked_soon_and_then_every_minute_whether_it_is_there_still()
    {
        _plan.HandleAlone([Ben], _now, _now);
        _plan.TakeDue(_now);

        Assert.True(_plan.HandleAnswered(Ben, s_place, _now));
        Assert.Equal(RungState.Found, _plan.State);
        List<TimeSpan> pauses = [];
        for (var i = 0; i < 5; i++)
        {
            pauses.Add(_plan.NextTimeout - _now);
            _now = _plan.NextTimeout;
            Assert.Equal([Ben], _plan.TakeDue(_now));
            Assert.False(_plan.HandleAnswered(Ben, s_place, _now));
        }

        Assert.Equal([10, 20, 40, 60, 60], pauses.Select(p => p.TotalSeconds));
        Assert.True(_plan.HandleAnswered(Ben, at: null, _now));
        Assert.Equal(RungState.Nobody, _plan.State);
    }

    [Fact]
    public void Who_is_announced_is_not_dialled()
    {
        _plan.HandleSighted(Ben);
        _plan.HandleAlone([Ben, Eve], _now, _now);
        Assert.Equal([Eve], _plan.TakeDue(_now));

        _plan.HandleSighted(Eve);
        Assert.Equal(DateTimeOffset.MaxValue, _plan.NextTimeout);
        _plan.HandleAskedFor(Eve, _now);
        Assert.Empty(_plan.TakeDue(_now));
        _plan.HandleLost(Eve, isKnown: false, _now);
        _plan.HandleAskedFor(Eve, _now);
        Assert.Equal([Eve], _plan.TakeDue(_now));
    }

    [Fact]
    public void Once_somebody_is_heard_those_that_are_not_are_tried_all_the_same_and_nobody_is_told_of_a_search()
    {
        _plan.HandleAlone([Ben, Eve], _now, _now);
        _plan.TakeDue(_now);
        _plan.HandleAnswered(Ben, s_place, _now);
        _plan.HandleAnswered(Eve, at: null, _now);

        _plan.HandleCompany([Ben, Eve], _now);

        _now = _plan.NextTimeout;
        Assert.Equal([Ben, Eve], _plan.TakeDue(_now));
        Assert.False(_plan.HandleAnswered(Ben, s_place, _now));
        Assert.True(_plan.HandleAnswered(Eve, s_place, _now));
        _now += LastKnownPlan.LongestCheck;
        Assert.Equal([Ben, Eve], _plan.TakeDue(_now));
        Assert.True(_plan.HandleAnswered(Ben, at: null, _now));
        Assert.True(_plan.HandleAnswered(Eve, at: null, _now));
        Assert.Equal(RungState.Resting, _plan.State);
    }

    [Fact]
    public void Among_others_a_known_device_has_time_to_be_announced_before_it_is_dialled()
    {
        _plan.HandleSighted(Some.Device(4));
        _plan.HandleCompany([Ben, Eve, Some.Device(4)], _now);
        Assert.Empty(_plan.TakeDue(_now + TimeSpan.FromSeconds(9)));

        _plan.HandleSighted(Eve);

        Assert.Equal([Ben], _plan.TakeDue(_now + TimeSpan.FromSeconds(10)));
        _plan.HandleAnswered(Ben, at: null, _now);
        Assert.Equal(TimeSpan.FromSeconds(20), _plan.NextTimeout - _now);
    }

    [Fact]
    public void Who_was_waited_for_among_others_is_dialled_as_soon_as_nobody_is_heard_and_soon_again()
    {
        _plan.HandleCompany([Ben], _now);

        _plan.HandleAlone([Ben], _now, _now);

        Assert.Equal([Ben], _plan.TakeDue(_now));
        _plan.HandleAnswered(Ben, at: null, _now);
        Assert.Equal(TimeSpan.FromSeconds(10), _plan.NextTimeout - _now);
    }

    [Fact]
    public void Who_is_being_dialled_is_not_dialled_once_more_beside_it()
    {
        _plan.HandleCompany([Ben], _now);
        _now += TimeSpan.FromSeconds(10);
        Assert.Equal([Ben], _plan.TakeDue(_now));

        _plan.HandleAlone([Ben], _now, _now);

        Assert.Empty(_plan.TakeDue(_now));
        Assert.True(_plan.HandleAnswered(Ben, s_place, _now));
    }

    [Fact]
    public void One_that_is_heard_no_more_is_dialled_if_it_is_known()
    {
        _plan.HandleCompany([], _now);
        _plan.HandleSighted(Ben);
        _plan.HandleSighted(Eve);

        _plan.HandleLost(Ben, isKnown: true, _now);
        _plan.HandleLost(Eve, isKnown: false, _now);

        Assert.Equal([Ben], _plan.TakeDue(_now + TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Whom_somebody_asks_for_is_dialled_once_and_kept_if_it_answers()
    {
        _plan.HandleAskedFor(Ben, _now);
        Assert.Equal([Ben], _plan.TakeDue(_now));
        Assert.False(_plan.HandleAnswered(Ben, at: null, _now));
        Assert.Equal(DateTimeOffset.MaxValue, _plan.NextTimeout);

        _plan.HandleAskedFor(Ben, _now);
        _plan.TakeDue(_now);
        Assert.True(_plan.HandleAnswered(Ben, s_place, _now));
        Assert.Equal(TimeSpan.FromSeconds(10), _plan.NextTimeout - _now);
    }

    /// <summary>It says no goodbye that anybody here hears.</summary>
    [Fact]
    public void One_whose_link_ends_or_cannot_be_had_is_asked_at_once_whether_it_is_there_still()
    {
        _plan.HandleAlone([Ben, Eve], _now, _now);
        _plan.TakeDue(_now);
        _plan.HandleDoubted(Ben, _now);
        Assert.Empty(_plan.TakeDue(_now));
        _plan.HandleAnswered(Ben, s_place, _now);
        _plan.HandleAnswered(Eve, at: null, _now);

        _plan.HandleDoubted(Ben, _now);
        _plan.HandleDoubted(Eve, _now);

        Assert.Equal([Ben], _plan.TakeDue(_now));
        Assert.True(_plan.HandleAnswered(Ben, at: null, _now));
    }

    /// <summary>Who asks is told that it was refused, and not that nobody is there.</summary>
    [Fact]
    public void One_that_refuses_is_where_it_was()
    {
        _plan.HandleAlone([Ben, Eve], _now, _now);
        _plan.TakeDue(_now);
        _plan.HandleAnswered(Ben, s_place, _now);
        _plan.HandleDoubted(Ben, _now);
        _plan.TakeDue(_now);

        Assert.False(_plan.HandleRefused(Ben, _now));
        Assert.False(_plan.HandleRefused(Eve, _now));

        Assert.Equal(RungState.Found, _plan.State);
        Assert.True(_plan.HandleAnswered(Ben, at: null, _now));
        Assert.Equal(RungState.Nobody, _plan.State);
    }

    [Fact]
    public void One_that_answers_elsewhere_is_told_of_anew()
    {
        _plan.HandleAlone([Ben], _now, _now);
        _plan.TakeDue(_now);
        _plan.HandleAnswered(Ben, s_place, _now);
        _plan.HandleDoubted(Ben, _now);
        _plan.TakeDue(_now);

        Assert.True(_plan.HandleAnswered(Ben, new IPEndPoint(s_place.Address, 4712), _now));
    }

    [Fact]
    public void Who_came_and_said_where_it_listens_is_dialled_at_once_where_nobody_is_heard()
    {
        _plan.HandleAlone([], _now, _now);
        _plan.HandleTold(Ben, _now);
        Assert.Equal([Ben], _plan.TakeDue(_now));
        Assert.True(_plan.HandleAnswered(Ben, s_place, _now));

        // It says so whenever it dials, and is there already: the two do not call each other for ever.
        _plan.HandleTold(Ben, _now);
        Assert.Empty(_plan.TakeDue(_now));
    }

    [Fact]
    public void And_where_others_are_heard_only_if_it_is_not_announced_soon()
    {
        _plan.HandleCompany([], _now);
        _plan.HandleTold(Ben, _now);
        _plan.HandleTold(Eve, _now);
        Assert.Empty(_plan.TakeDue(_now));

        _plan.HandleSighted(Ben);
        _plan.HandleTold(Ben, _now);
        Assert.Equal([Eve], _plan.TakeDue(_now + TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 10)]
    public void One_that_was_looked_for_in_vain_and_comes_is_not_waited_for_as_long_as_before_however_many_are_looked_for(bool isAlone, int seconds)
    {
        _plan.HandleAlone(Enumerable.Range(1, 1000).Select(Some.Device), _now, _now);
        for (var i = 0; i < 8; i++)
        {
            foreach (var device in _plan.TakeDue(_now))
                _plan.HandleAnswered(device, at: null, _now);
            _now = _plan.NextTimeout;
        }
        foreach (var device in _plan.TakeDue(_now))
            _plan.HandleAnswered(device, at: null, _now);
        if (!isAlone)
            _plan.HandleCompany([], _now);

        _plan.HandleTold(Ben, _now);

        Assert.Equal(_now + TimeSpan.FromSeconds(seconds), _plan.NextTimeout);
        Assert.Equal([Ben], _plan.TakeDue(_plan.NextTimeout));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_crowd_that_comes_is_not_dialled_as_a_whole(bool isAlone)
    {
        if (isAlone)
            _plan.HandleAlone([], _now, _now);
        foreach (var device in Enumerable.Range(1, 1000).Select(Some.Device))
            _plan.HandleTold(device, _now);

        Assert.Equal(LastKnownPlan.Most, _plan.TakeDue(_now + TimeSpan.FromSeconds(10)).Count);
    }

    [Fact]
    public void An_organisation_s_devices_are_not_all_dialled()
    {
        _plan.HandleAlone(Enumerable.Range(1, 1000).Select(Some.Device), _now, _now);

        Assert.Equal(LastKnownPlan.Most, _plan.TakeDue(_now).Count);
    }

    [Fact]
    public void Nor_those_of_an_organisation_that_go_home_one_after_the_other()
    {
        foreach (var device in Enumerable.Range(1, 1000).Select(Some.Device))
        {
            _plan.HandleSighted(device);
            _plan.HandleLost(device, isKnown: true, _now);
        }

        Assert.Equal(LastKnownPlan.Most, _plan.TakeDue(_now + TimeSpan.FromMinutes(1)).Count);
    }
}
