using System.Net;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Discovery;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>Who is probed: whoever is new, moved, long gone, or knows something else; and nobody twice for nothing.</summary>
public sealed partial class ProbePlanTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress There = IPAddress.Parse("192.0.2.2");
    private static readonly NewsTag Old = Tag(1);
    private static readonly NewsTag New = Tag(2);
    private static readonly DeviceId Self = Some.Device(5);
    private static readonly DeviceId Higher = Some.Device(7);
    private static readonly DeviceId Lower = Some.Device(3);

    private readonly ProbePlan _plan = new(new Some.Random(1));
    private DateTimeOffset _now = Some.Start;

    public ProbePlanTests() => _plan.HandleOwnNews(Old);

    [Fact]
    public void The_one_with_the_lower_id_dials_at_once_and_the_other_if_nobody_has_dialled()
    {
        Sight(Higher);
        Assert.Equal([Higher], _plan.TakeDue(_now));

        Sight(Lower);
        Assert.Empty(_plan.TakeDue(_now));
        Assert.Equal(_now + ProbePlan.DialsSecond, _plan.NextTimeout);
        Pass(ProbePlan.DialsSecond);
        Assert.Equal([Lower], _plan.TakeDue(_now));
    }

    [Fact]
    public void Whoever_is_announced_and_proves_nothing_is_no_company_after_the_first_try()
    {
        Assert.False(_plan.HasStrangersOnly);
        Sight(Higher);
        _plan.TakeDue(_now);
        Assert.False(_plan.HasStrangersOnly);

        _now = _plan.NextTimeout;
        _plan.TakeDue(_now);
        Assert.True(_plan.HasStrangersOnly);

        Prove(Higher);
        Assert.False(_plan.HasStrangersOnly);
        _plan.HandleLost(Higher);
        Assert.False(_plan.HasStrangersOnly);
    }

    [Fact]
    public void Whoever_is_revoked_is_no_company_and_proves_itself_anew_or_not_at_all()
    {
        SightAndProve(Higher);
        Assert.False(_plan.HasStrangersOnly);

        _plan.HandleRevoked(Lower.Equals);
        Assert.False(_plan.HasStrangersOnly);
        _plan.HandleRevoked(Higher.Equals);

        Assert.True(_plan.HasStrangersOnly);
        Sight(Higher);
        Assert.Equal([Higher], _plan.TakeDue(_now));
        _plan.HandleRefused(Higher);
        Assert.True(_plan.HasStrangersOnly);
    }

    [Fact]
    public void A_host_that_announces_one_of_its_two_addresses_and_then_the_other_is_probed_at_each_once()
    {
        SightAndProve(Higher);
        Sight(Higher, address: There);
        Assert.Equal([Higher], _plan.TakeDue(_now));
        Prove(Higher, There);

        for (var i = 0; i < 4; i++)
        {
            Sight(Higher, address: Here);
            AssertRests();
            Sight(Higher, address: There);
            AssertRests();
        }
    }

    [Fact]
    public void Whoever_proved_itself_by_dialling_is_not_dialled()
    {
        Sight(Lower);
        Prove(Lower);

        AssertRests();
    }

    [Fact]
    public void A_device_that_comes_back_soon_at_its_address_and_knows_the_same_is_not_probed_again()
    {
        SightAndProve(Higher);
        _plan.HandleLost(Higher);
        Pass(TimeSpan.FromMinutes(1));
        Sight(Higher);

        AssertRests();
    }

    [Fact]
    public void One_that_was_gone_for_long_or_is_elsewhere_or_says_nothing_is()
    {
        SightAndProve(Higher);
        _plan.HandleLost(Higher);
        Pass(ProbePlan.ProofHolds);
        Sight(Higher);
        Assert.Equal([Higher], _plan.TakeDue(_now));

        Prove(Higher);
        Sight(Higher, address: There);
        Assert.Equal([Higher], _plan.TakeDue(_now));

        Prove(Higher, There);
        _plan.HandleSighted(Self, Higher, [There], news: null, _now);
        Assert.Equal([Higher], _plan.TakeDue(_now));
    }

    [Fact]
    public void Of_a_crowd_a_few_are_probed_at_first_sight_and_the_others_once_when_somebody_looks()
    {
        var crowd = Enumerable.Range(10, 10).Select(Some.Device).ToList();
        crowd.ForEach(d => Sight(d));
        Assert.Equal(crowd.Take(ProbePlan.AtFirstSight), _plan.TakeDue(_now));
        foreach (var first in crowd.Take(ProbePlan.AtFirstSight))
            Prove(first);
        AssertRests();

        _plan.HandleLooked(_now);
        List<DeviceId> looked = [];
        for (; looked.Count < crowd.Count - ProbePlan.AtFirstSight; _now = _plan.NextTimeout)
            looked.AddRange(_plan.TakeDue(_now));
        Assert.Equal(crowd.Skip(ProbePlan.AtFirstSight), looked);
        looked.Take(3).ToList().ForEach(d => Prove(d));
        looked.Skip(3).ToList().ForEach(_plan.HandleRefused);

        _plan.HandleLooked(_now);
        AssertRests();
    }

    [Fact]
    public void Those_of_a_crowd_that_do_not_say_what_they_know_wait_as_well()
    {
        var crowd = Enumerable.Range(10, 10).Select(Some.Device).ToList();
        crowd.ForEach(d => _plan.HandleSighted(Self, d, [Here], news: null, _now));
        var atOnce = _plan.TakeDue(_now);
        Assert.Equal(ProbePlan.AtFirstSight, atOnce.Count);
        foreach (var proven in atOnce)
            Prove(proven);
        AssertRests();

        _plan.HandleLooked(_now);
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(crowd.Skip(ProbePlan.AtFirstSight), _plan.TakeDue(_now));
    }

    [Fact]
    public void A_probe_that_comes_to_nothing_is_tried_four_times_and_one_that_was_refused_no_more()
    {
        Sight(Higher);
        var tries = 0;
        for (; _plan.NextTimeout < DateTimeOffset.MaxValue; tries++)
        {
            _now = _plan.NextTimeout;
            Assert.Equal([Higher], _plan.TakeDue(_now));
        }
        Assert.Equal(4, tries);

        Pass(TimeSpan.FromSeconds(1));
        Sight(Higher);
        Assert.Equal([Higher], _plan.TakeDue(_now));
        _plan.HandleRefused(Higher);
        AssertRests();
    }

    [Fact]
    public void Whoever_announces_a_device_at_ever_other_places_has_it_dialled_once_a_second()
    {
        var dials = 0;
        for (var i = 0; i < 1000; i++)
        {
            _plan.HandleSighted(Self, Higher, [new IPAddress([192, 0, 2, (byte)i])], Old, _now);
            dials += _plan.TakeDue(_now).Count;
            Pass(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(dials, 9, 11);
    }

    [Fact]
    public void Nothing_is_kept_of_ids_that_never_proved_themselves()
    {
        Sight(Higher);
        _plan.HandleLost(Higher);
        Prove(Lower);
        _plan.HandleLost(Lower);

        AssertRests();
        Sight(Higher);
        Assert.Equal([Higher], _plan.TakeDue(_now));
    }

    private static NewsTag Tag(ulong revocationList) => NewsTag.Of(new byte[32], 1, revocationList);

    private void Pass(TimeSpan time) => _now += time;

    private void Sight(DeviceId device, NewsTag? news = null, IPAddress? address = null) =>
        _plan.HandleSighted(Self, device, [address ?? Here], news ?? Old, _now);

    private void Prove(DeviceId device, IPAddress? at = null) => _plan.HandleProven(device, at ?? Here, _now);

    private void SightAndProve(DeviceId device)
    {
        Sight(device);
        Prove(device);
    }

    private void AssertRests() => Assert.Equal(DateTimeOffset.MaxValue, _plan.NextTimeout);
}
