using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Tests.Discovery;

/// <summary>Whom to dial where it was last reached.</summary>
public sealed class LastKnownPlanTests
{
    private static readonly DeviceId Ben = Some.Device(2);
    private static readonly DeviceId Eve = Some.Device(3);

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
            Assert.False(_plan.HandleAnswered(Ben, isThere: false, _now));
            _plan.HandleAnswered(Eve, isThere: false, _now);
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

        _plan.HandleAnswered(Ben, isThere: false, _now);
        _now = _plan.NextTimeout;
        _plan.TakeDue(_now);
        Assert.Equal(_now, _plan.SoughtSince(Ben));

        _plan.HandleAskedFor(Eve, _now);
        _plan.TakeDue(_now);
        Assert.Equal(_now, _plan.SoughtSince(Eve));
    }

    [Fact]
    public void Who_answered_is_asked_every_minute_whether_it_is_there_still()
    {
        _plan.HandleAlone([Ben], _now, _now);
        _plan.TakeDue(_now);

        Assert.True(_plan.HandleAnswered(Ben, isThere: true, _now));
        Assert.Equal(RungState.Found, _plan.State);
        Assert.Equal(LastKnownPlan.BetweenChecks, _plan.NextTimeout - _now);
        _now = _plan.NextTimeout;
        Assert.Equal([Ben], _plan.TakeDue(_now));
        Assert.False(_plan.HandleAnswered(Ben, isThere: true, _now));
        Assert.True(_plan.HandleAnswered(Ben, isThere: false, _now));
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
        _plan.HandleLost(Eve);
        _plan.HandleAskedFor(Eve, _now);
        Assert.Equal([Eve], _plan.TakeDue(_now));
    }

    [Fact]
    public void Once_somebody_is_heard_those_that_did_not_answer_are_left_alone()
    {
        _plan.HandleAlone([Ben, Eve], _now, _now);
        _plan.TakeDue(_now);
        _plan.HandleAnswered(Ben, isThere: true, _now);
        _plan.HandleAnswered(Eve, isThere: false, _now);

        _plan.HandleCompany();

        _now += LastKnownPlan.BetweenChecks;
        Assert.Equal([Ben], _plan.TakeDue(_now));
        Assert.True(_plan.HandleAnswered(Ben, isThere: false, _now));
        Assert.Equal((RungState.Resting, DateTimeOffset.MaxValue), (_plan.State, _plan.NextTimeout));
    }

    [Fact]
    public void Whom_somebody_asks_for_is_dialled_once_and_kept_if_it_answers()
    {
        _plan.HandleAskedFor(Ben, _now);
        Assert.Equal([Ben], _plan.TakeDue(_now));
        Assert.False(_plan.HandleAnswered(Ben, isThere: false, _now));
        Assert.Equal(DateTimeOffset.MaxValue, _plan.NextTimeout);

        _plan.HandleAskedFor(Ben, _now);
        _plan.TakeDue(_now);
        Assert.True(_plan.HandleAnswered(Ben, isThere: true, _now));
        Assert.Equal(LastKnownPlan.BetweenChecks, _plan.NextTimeout - _now);
    }

    [Fact]
    public void An_organisation_s_devices_are_not_all_dialled()
    {
        _plan.HandleAlone(Enumerable.Range(1, 1000).Select(Some.Device), _now, _now);

        Assert.Equal(LastKnownPlan.Most, _plan.TakeDue(_now).Count);
    }
}
