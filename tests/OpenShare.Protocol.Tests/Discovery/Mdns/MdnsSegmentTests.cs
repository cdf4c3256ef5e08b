using System.Net;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>Machines that hear each other.</summary>
public sealed class MdnsSegmentTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public void Two_devices_of_one_account_sight_each_other()
    {
        var segment = new Segment(1);
        var (ann, ben) = (segment.Join(Some.Options(1, "Ann's laptop")), segment.Join(Some.Options(2, "Ben", port: 4002)));

        segment.Run(Soon);

        var sighted = Assert.Single(ann.Said<MdnsEffect.Sighted>());
        Assert.Equal((Some.Device(2), "Ben", "0000000000000002"), (sighted.DeviceId, sighted.Name, sighted.ShortFingerprint));
        Assert.Equal(("openshare-00020000.local", 4002), (sighted.Place.Host, sighted.Place.Port));
        Assert.Equal(["10.0.2.2", "fe80::2:2%2"], sighted.Place.Addresses.Select(a => a.ToString()));
        Assert.InRange(sighted.Latency, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2));
        Assert.Equal("Ann's laptop", Assert.Single(ben.Said<MdnsEffect.Sighted>()).Name);
    }

    [Fact]
    public void Another_accounts_device_is_not_sighted()
    {
        var segment = new Segment(2);
        var (ann, eve) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2, account: Some.OtherAccount)));

        segment.Run(TimeSpan.FromMinutes(5));

        Assert.Empty(ann.Said<MdnsEffect.Sighted>());
        Assert.Empty(eve.Said<MdnsEffect.Sighted>());
    }

    [Fact]
    public void A_device_announces_every_one_to_three_seconds_for_30_seconds_and_backs_off_to_60()
    {
        var segment = new Segment(3);
        var ann = segment.Join(Some.Options(1));

        segment.Run(TimeSpan.FromMinutes(20));

        var times = segment.Sent.Where(s => s.Message.IsResponse && s.Medium == DiscoveryMedium.Multicast).Select(s => s.At - Some.Start).ToList();
        var gaps = times.Zip(times.Skip(1), (a, b) => (At: a, Gap: (b - a).TotalSeconds)).ToList();
        Assert.All(gaps.Where(g => g.At < TimeSpan.FromSeconds(30)), g => Assert.InRange(g.Gap, 1, 3));
        Assert.All(gaps.Where(g => g.At > TimeSpan.FromSeconds(100)), g => Assert.InRange(g.Gap, 54, 60));
        Assert.Equal([4, 8, 16, 32], gaps.Where(g => g.At >= times[0] + TimeSpan.FromSeconds(30)).Take(4).Select(g => Math.Ceiling(g.Gap / 4) * 4));
        Assert.True(gaps.Select(g => g.Gap).Distinct().Count() > 10, "the times are jittered");
        Assert.Empty(ann.Said<MdnsEffect.Sighted>());
    }

    [Fact]
    public void Names_are_probed_three_times_before_they_are_announced()
    {
        var segment = new Segment(4);
        segment.Join(Some.Options(1));

        segment.Run(TimeSpan.FromSeconds(2));

        var own = segment.Sent.Where(s => s.Message.IsResponse || !s.Message.Authorities.IsEmpty).ToList();
        Assert.Equal([false, false, false, true], own.Take(4).Select(s => s.Message.IsResponse));
        Assert.All(own.Take(4).Zip(own.Skip(1).Take(3), (a, b) => b.At - a.At), gap => Assert.Equal(TimeSpan.FromMilliseconds(250), gap));
    }

    [Fact]
    public void A_device_that_stops_says_goodbye_and_is_lost()
    {
        var segment = new Segment(5);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(Soon);

        segment.Feed(ben, new MdnsInput.Stop());
        segment.Run(TimeSpan.FromSeconds(2));

        Assert.Equal(Some.Device(2), Assert.Single(ann.Said<MdnsEffect.Lost>()).DeviceId);
        Assert.Null(ben.Machine.NextTimeout);
        Assert.Empty(ben.Machine.Handle(new MdnsInput.LookAgain(), segment.Now));
    }

    [Fact]
    public void A_device_that_dies_is_lost_within_two_minutes_and_not_before_it_was_asked_for()
    {
        var segment = new Segment(6);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(ann.Said<MdnsEffect.Lost>());

        segment.Kill(ben);
        var died = segment.Now;
        segment.Run(TimeSpan.FromSeconds(121));

        var (at, _) = Assert.Single(ann.Effects, e => e.Effect is MdnsEffect.Lost);
        Assert.InRange(at - died, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(121));
        Assert.Contains(segment.Sent, s => s.At > died && s.From == ann && s.Message.Questions.Any(q => q.Type == DnsType.Srv));
    }

    [Fact]
    public void A_device_is_kept_while_half_of_all_packets_are_lost()
    {
        var segment = new Segment(7) { LossPercent = 50 };
        var (ann, _) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));

        segment.Run(TimeSpan.FromHours(1));

        Assert.NotEmpty(ann.Said<MdnsEffect.Sighted>());
        Assert.True(ann.Said<MdnsEffect.Lost>().Count() <= 1, "announcements and questions together bridge the losses");
    }

    [Fact]
    public void The_latency_of_a_device_that_comes_later_counts_from_its_first_probe()
    {
        var segment = new Segment(8);
        var ann = segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromMinutes(10));

        segment.Join(Some.Options(2));
        segment.Run(Soon);

        Assert.InRange(Assert.Single(ann.Said<MdnsEffect.Sighted>()).Latency, TimeSpan.FromMilliseconds(700), TimeSpan.FromMilliseconds(800));
    }

    [Fact]
    public void The_latency_of_a_device_that_was_there_counts_from_the_searchs_start()
    {
        var segment = new Segment(9);
        segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromMinutes(10));

        var ben = segment.Join(Some.Options(2));
        segment.Run(Soon);

        Assert.InRange(Assert.Single(ben.Said<MdnsEffect.Sighted>()).Latency, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public void A_device_that_has_known_answers_is_not_answered_again()
    {
        var segment = new Segment(10);
        segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromMinutes(5));
        var before = segment.Sent.Count(s => s.Message.IsResponse);

        var pointer = segment.Sent.Last(s => s.Message.IsResponse).Message.Answers.Single(r => r.Type == DnsType.Ptr);
        var question = new DnsMessage { Questions = [new DnsQuestion(pointer.Name, DnsType.Ptr)], Answers = [pointer with { Ttl = 60 }] };
        segment.Inject(question, Some.Mdns(IPAddress.Parse("10.0.2.77")));
        segment.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(before, segment.Sent.Count(s => s.Message.IsResponse));

        segment.Inject(question with { Answers = [pointer with { Ttl = 59 }] }, Some.Mdns(IPAddress.Parse("10.0.2.77")));
        segment.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(before + 1, segment.Sent.Count(s => s.Message.IsResponse));
    }

    [Fact]
    public void Options_change_and_the_others_follow()
    {
        var segment = new Segment(11);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(2));
        ann.Effects.Clear();

        segment.Feed(ben, new MdnsInput.OptionsChanged(Some.Options(2, port: 5000)));
        segment.Run(Soon);
        Assert.Equal(5000, Assert.Single(ann.Said<MdnsEffect.Sighted>()).Place.Port);
        Assert.Empty(ann.Said<MdnsEffect.Lost>());

        segment.Feed(ben, new MdnsInput.OptionsChanged(Some.Options(2, "Benjamin", port: 5001)));
        segment.Run(Soon);
        Assert.Equal(("Benjamin", 5001), (ann.Said<MdnsEffect.Sighted>().Last().Name, ann.Said<MdnsEffect.Sighted>().Last().Place.Port));
        Assert.Empty(ann.Said<MdnsEffect.Duplicate>());
        Assert.Empty(ben.Said<MdnsEffect.Duplicate>());
    }

    [Fact]
    public void An_address_changes_and_the_others_follow_at_once()
    {
        var segment = new Segment(12);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(2));
        ann.Effects.Clear();
        var changed = segment.Now;

        segment.Feed(ben, new MdnsInput.InterfacesChanged([ben.Network with { Addresses = [IPAddress.Parse("10.0.2.99")] }]));
        segment.Run(Soon);

        Assert.Equal(["10.0.2.99"], ann.Said<MdnsEffect.Sighted>().Last().Place.Addresses.Select(a => a.ToString()));
        Assert.InRange(ann.Effects.Last(e => e.Effect is MdnsEffect.Sighted).At - changed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Empty(ann.Said<MdnsEffect.Lost>());
    }

    [Fact]
    public void Looking_again_asks_and_announces_at_once()
    {
        var segment = new Segment(13);
        var ann = segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromMinutes(30));
        segment.Sent.Clear();

        segment.Feed(ann, new MdnsInput.LookAgain());
        segment.Run(TimeSpan.FromMilliseconds(200));

        Assert.Contains(segment.Sent, s => s.Message.IsResponse);
        Assert.Contains(segment.Sent, s => !s.Message.IsResponse && s.Message.Questions[0].Type == DnsType.Ptr);
    }

    [Fact]
    public void One_seed_makes_one_story()
    {
        Assert.Equal(Story(), Story());

        static List<string> Story()
        {
            var segment = new Segment(14) { LossPercent = 20 };
            for (var i = 1; i <= 5; i++)
                segment.Join(Some.Options(i, i < 3 ? "same name" : null));
            segment.Run(TimeSpan.FromMinutes(3));
            return [.. segment.Sent.Select(s => $"{s.At:O} {s.From.Number} {Convert.ToHexString(s.Message.Encode())}")];
        }
    }

    [Fact]
    public void Thirty_devices_find_each_other_completely()
    {
        var segment = new Segment(15);
        var nodes = Enumerable.Range(1, 30).Select(i => segment.Join(Some.Options(i))).ToList();

        segment.Run(Soon);

        Assert.All(nodes, n => Assert.Equal(29, n.Said<MdnsEffect.Sighted>().Select(s => s.DeviceId).Distinct().Count()));
    }
}
