using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Tests.Discovery.Places;

/// <summary>What is made of a device id that two places announce.</summary>
public sealed class DuplicateCasesTests
{
    private static readonly DeviceId Ben = Some.Device(2);
    private static readonly PeerPlace Here = Place(1);
    private static readonly PeerPlace There = Place(2);

    private readonly DuplicateCases _cases = new([]);
    private DateTimeOffset _now = Some.Start;

    [Fact]
    public void Each_place_is_challenged_and_the_device_refused_meanwhile()
    {
        var effects = Announce(Here, There);

        Assert.Equal([Here, There], effects.Cast<DuplicateEffect.Challenge>().Select(c => c.Place));
        Assert.Equal([Ben], _cases.Suspected);
        Assert.Empty(_cases.Cloned);
    }

    [Fact]
    public void Whoever_cannot_prove_it_is_ignored_and_the_device_no_longer_refused()
    {
        Announce(Here, There);

        Answer(Here, isProven: true);
        var effects = Answer(There, isProven: false);

        Assert.Equal(There, Assert.Single(effects.OfType<DuplicateEffect.Forged>().Single().Places));
        Assert.Single(effects.OfType<DuplicateEffect.Settled>());
        Assert.Empty(_cases.Suspected);
    }

    [Fact]
    public void Whoever_does_not_answer_in_two_seconds_has_not_proven_it()
    {
        Announce(Here, There);
        Answer(Here, isProven: true);

        var effects = After(DuplicateCases.ChallengeLasts);

        Assert.Equal(There, Assert.Single(effects.OfType<DuplicateEffect.Forged>().Single().Places));
        Assert.Empty(_cases.Suspected);
    }

    [Fact]
    public void Two_that_prove_it_stay_refused_when_one_of_them_goes()
    {
        Announce(Here, There);
        Answer(Here, isProven: true);
        var cloned = Assert.IsType<DuplicateEffect.Cloned>(Assert.Single(Answer(There, isProven: true)));

        Assert.Equal([Here, There], cloned.Places.AsEnumerable());
        Assert.Empty(_cases.HandleEnded(Ben));
        Assert.Equal([Ben], _cases.Cloned);
        Assert.Empty(Announce(Here, There));
    }

    [Fact]
    public void Resolving_is_put_to_the_proof_while_both_are_announced()
    {
        Clone();

        Assert.Equal(2, _cases.HandleResolve(Ben, _now).OfType<DuplicateEffect.Challenge>().Count());
        Assert.Empty(_cases.Suspected);
        Answer(Here, isProven: true, round: 2);
        Assert.IsType<DuplicateEffect.Cloned>(Assert.Single(Answer(There, isProven: true, round: 2)));

        _cases.HandleResolve(Ben, _now);
        Answer(Here, isProven: true, round: 3);
        Assert.Single(After(DuplicateCases.ChallengeLasts).OfType<DuplicateEffect.Settled>());
        Assert.Empty(_cases.Cloned);
    }

    [Fact]
    public void Resolving_needs_no_proof_once_one_place_is_left()
    {
        Clone();
        _cases.HandleEnded(Ben);

        Assert.IsType<DuplicateEffect.Settled>(Assert.Single(_cases.HandleResolve(Ben, _now)));
        Assert.Empty(_cases.Cloned);
    }

    [Fact]
    public void What_was_found_before_a_restart_is_refused_after_it()
    {
        var cases = new DuplicateCases([Ben]);

        Assert.Equal([Ben], cases.Cloned);
        Assert.Empty(cases.HandleResolve(Some.Device(3), _now));
        Assert.Single(cases.HandleResolve(Ben, _now));
    }

    [Fact]
    public void The_own_place_is_proven_without_a_question()
    {
        var effects = _cases.HandleAnnounced(Ben, [Here, There], own: new PlaceProof(Here, RunOf(Here)), _now);

        Assert.Equal(There, Assert.IsType<DuplicateEffect.Challenge>(Assert.Single(effects)).Place);
        Assert.IsType<DuplicateEffect.Cloned>(Assert.Single(Answer(There, isProven: true)));
    }

    [Fact]
    public void Where_nobody_answers_nobody_is_ignored_and_it_is_tried_again_without_refusing()
    {
        Announce(Here, There);

        Assert.IsType<DuplicateEffect.Settled>(Assert.Single(After(DuplicateCases.ChallengeLasts)));
        Assert.Equal(2, After(TimeSpan.FromSeconds(30)).OfType<DuplicateEffect.Challenge>().Count());
        Assert.Empty(_cases.Suspected);
    }

    [Fact]
    public void An_answer_to_an_older_challenge_proves_nothing()
    {
        Announce(Here, There);
        Announce(Here, There, Place(3));

        Answer(Here, isProven: true, round: 1);
        Answer(There, isProven: true, round: 1);

        Assert.Empty(_cases.Cloned);
    }

    [Fact]
    public void Announcements_without_end_are_looked_into_up_to_a_bound_and_keep_nobody_from_it()
    {
        for (var i = 0; i < 1000; i++)
            _cases.HandleAnnounced(Some.Device(100 + i), [Here, There], own: null, _now);

        Assert.Equal(64, _cases.Suspected.Count());
        After(DuplicateCases.ChallengeLasts);
        Assert.Empty(_cases.Suspected);
        Clone();
        Assert.Equal([Ben], _cases.Cloned);
    }

    [Fact]
    public void One_run_that_is_reached_at_both_places_is_no_copy()
    {
        Announce(Here, There);
        Answer(Here, RunOf(Here));

        Assert.IsType<DuplicateEffect.Settled>(Assert.Single(Answer(There, RunOf(Here))));
        Assert.Empty(_cases.Cloned);
    }

    [Fact]
    public void Whoever_passes_on_to_the_device_itself_is_no_copy_of_it()
    {
        _cases.HandleAnnounced(Ben, [Here, There], own: new PlaceProof(Here, RunOf(Here)), _now);

        Answer(There, RunOf(Here));

        Assert.Empty(_cases.Cloned);
    }

    [Fact]
    public void Two_that_do_not_say_which_run_they_are_are_two()
    {
        Announce(Here, There);
        Answer(Here, InstanceId.None);

        Assert.IsType<DuplicateEffect.Cloned>(Assert.Single(Answer(There, InstanceId.None)));
    }

    [Fact]
    public void Whatever_is_announced_a_device_is_refused_for_two_seconds_in_ten_minutes()
    {
        var refused = TimeSpan.Zero;
        var step = TimeSpan.FromSeconds(0.5);
        for (var i = 0; _now < Some.Start + DuplicateCases.ForgeryHolds; i++)
        {
            // Each time at another place, and gone again before that is judged or after.
            if (i % 4 == 0)
                Announce(Here, Place(3 + (i % 200)));
            else if (i % 4 == 3)
                _cases.HandleEnded(Ben);
            After(step);
            refused += _cases.Suspected.Any() ? step : TimeSpan.Zero;
        }

        Assert.InRange(refused, step, DuplicateCases.ChallengeLasts);
        Announce(Here, There);
        Assert.Equal([Ben], _cases.Suspected);
    }

    [Fact]
    public void Resolving_shows_nothing_where_nobody_can_be_reached()
    {
        Clone();

        _cases.HandleResolve(Ben, _now);

        Assert.IsType<DuplicateEffect.Unresolved>(Assert.Single(After(DuplicateCases.ChallengeLasts)));
        Assert.Equal([Ben], _cases.Cloned);
    }

    private static PeerPlace Place(int host) => new($"host{host}.local", 4000, [new IPAddress([10, 0, 0, (byte)host])]);

    private IReadOnlyList<DuplicateEffect> Announce(params ImmutableArray<PeerPlace> places) => _cases.HandleAnnounced(Ben, places, own: null, _now);

    private IReadOnlyList<DuplicateEffect> Answer(PeerPlace place, bool isProven, int round = 1) => Answer(place, isProven ? RunOf(place) : null, round);

    private IReadOnlyList<DuplicateEffect> Answer(PeerPlace place, InstanceId? proven, int round = 1) => _cases.HandleAnswered(Ben, round, place, proven, _now);

    private static InstanceId RunOf(PeerPlace place) => InstanceId.FromBytes([.. place.Addresses[0].GetAddressBytes(), .. new byte[12]]);

    private IReadOnlyList<DuplicateEffect> After(TimeSpan time)
    {
        _now += time;
        return _cases.HandleTimeout(_now);
    }

    private void Clone()
    {
        Announce(Here, There);
        Answer(Here, isProven: true);
        Answer(There, isProven: true);
    }
}
