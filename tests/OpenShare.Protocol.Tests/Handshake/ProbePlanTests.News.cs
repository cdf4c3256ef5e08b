using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Tests.Discovery;

namespace OpenShare.Protocol.Tests.Handshake;

// Of those who know something else, and of a changed discovery key.
public sealed partial class ProbePlanTests
{
    [Fact]
    public void Whoever_comes_into_a_crowd_that_knows_something_else_asks_one_of_it_at_a_time()
    {
        var crowd = Enumerable.Range(10, 20).Select(Some.Device).ToList();
        crowd.ForEach(d => Sight(d, New));
        var atOnce = _plan.TakeDue(_now);
        Assert.Equal(ProbePlan.AtFirstSight, atOnce.Count);
        foreach (var proven in atOnce)
            Prove(proven);
        var until = _now + TimeSpan.FromSeconds(10);
        List<DateTimeOffset> asked = [];
        for (; _plan.NextTimeout <= until; _now = _plan.NextTimeout)
            asked.AddRange(_plan.TakeDue(_now).Select(_ => _now));
        Assert.True(asked.Count >= 4);
        Assert.All(asked.Zip(asked.Skip(1), (a, b) => b - a), gap => Assert.InRange(gap, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void Whoever_waits_to_be_asked_for_news_is_probed_at_once_when_somebody_looks()
    {
        var crowd = Enumerable.Range(10, 8).Select(Some.Device).ToList();
        crowd.ForEach(d => Sight(d, New));
        foreach (var proven in _plan.TakeDue(_now))
            Prove(proven);

        _plan.HandleLooked(_now);
        Pass(TimeSpan.FromSeconds(0.2));

        Assert.Equal(crowd.Skip(ProbePlan.AtFirstSight), _plan.TakeDue(_now));
    }

    [Fact]
    public void Of_those_that_know_something_else_one_is_asked_and_then_the_others_if_it_did_not_help()
    {
        var others = Enumerable.Range(10, 8).Select(Some.Device).ToList();
        others.ForEach(d => SightAndProve(d));
        others.ForEach(d => Sight(d, New));
        Assert.Empty(_plan.TakeDue(_now));
        Pass(TimeSpan.FromSeconds(3));

        var first = Assert.Single(_plan.TakeDue(_now));
        Prove(first);
        Assert.InRange(_plan.NextTimeout - _now, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5));
        Pass(TimeSpan.FromSeconds(2));
        Assert.NotEqual(first, Assert.Single(_plan.TakeDue(_now)));

        _plan.HandleOwnNews(New);
        AssertRests();
    }

    [Fact]
    public void One_whose_news_did_not_come_with_its_handshake_is_asked_again_and_not_for_ever()
    {
        SightAndProve(Higher);
        Sight(Higher, New);
        var proofs = 0;
        for (; _plan.NextTimeout < DateTimeOffset.MaxValue; proofs++)
        {
            _now = _plan.NextTimeout;
            Assert.Equal([Higher], _plan.TakeDue(_now));
            Prove(Higher);
        }
        Assert.InRange(proofs, 2, 10);

        Sight(Higher, New);

        AssertRests();
    }

    [Fact]
    public void After_a_change_of_the_discovery_key_those_that_have_not_heard_of_it_are_asked_and_those_that_have_are_not()
    {
        var (behind, ahead) = (Higher, Lower);
        SightAndProve(behind);
        SightAndProve(ahead);
        _plan.HandleOwnNews(New);
        AssertRests();
        Sight(ahead, New);

        _plan.HandleKeyChanged(_now);

        Assert.InRange(_plan.NextTimeout - _now, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        Pass(TimeSpan.FromSeconds(3));
        Assert.Equal([behind], _plan.TakeDue(_now));
        Sight(behind, New);
        AssertRests();
    }

    [Fact]
    public void Whoever_is_out_of_sight_when_the_discovery_key_is_changed_is_asked_when_it_is_back()
    {
        SightAndProve(Higher);
        _plan.HandleLost(Higher);
        _plan.HandleOwnNews(New);
        _plan.HandleKeyChanged(_now);
        AssertRests();

        Sight(Higher);

        Pass(TimeSpan.FromSeconds(3));
        Assert.Equal([Higher], _plan.TakeDue(_now));
    }
}
