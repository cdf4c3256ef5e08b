using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>A packet that is heard again is not read again, and means what it would have if it were.</summary>
public sealed class RepeatedPacketTests
{
    private static readonly IPEndPoint Stranger = Some.Mdns(IPAddress.Parse("10.0.2.66"));

    [Fact]
    public void A_longer_time_to_live_that_a_stranger_gave_ends_with_the_owners_next_word()
    {
        var segment = new Segment(31);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(5));
        var announcement = segment.Sent.Last(s => s.From == ben && s.Message.IsResponse).Message;

        segment.Inject(announcement with { Answers = [.. announcement.Answers.Select(r => r with { Ttl = 4500 })] }, Stranger);
        segment.Run(TimeSpan.FromMinutes(1.1));
        segment.Kill(ben);
        segment.Run(TimeSpan.FromMinutes(2.1));

        Assert.NotEmpty(ann.Said<MdnsEffect.Lost>());
    }

    [Fact]
    public void An_address_that_gave_way_within_a_second_goes_with_the_next_word()
    {
        var segment = new Segment(32);
        var ann = segment.Join(Some.Options(1));
        var ben = Some.Mdns(IPAddress.Parse("10.0.2.2"));
        segment.Inject(Announcement("10.0.2.2"), ben);
        segment.Run(TimeSpan.FromMilliseconds(300));
        for (var i = 0; i < 3; i++)
        {
            segment.Inject(Announcement("10.0.2.3"), ben);
            segment.Run(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(["10.0.2.3"], ann.Said<MdnsEffect.Sighted>().Last().Place.Addresses.Select(a => a.ToString()));
    }

    [Fact]
    public void What_was_first_heard_without_a_flush_replaces_the_older_once_it_is_said_with_one()
    {
        var segment = new Segment(36);
        var ann = segment.Join(Some.Options(1));
        var ben = Some.Mdns(IPAddress.Parse("10.0.2.2"));
        segment.Inject(Announcement("10.0.2.2"), ben);
        var moved = Announcement("10.0.2.3");
        segment.Inject(moved with { Answers = [.. moved.Answers.Select(r => r with { CacheFlush = false })] }, ben);
        segment.Run(TimeSpan.FromSeconds(5));

        segment.Inject(moved, ben);
        segment.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(["10.0.2.3"], ann.Said<MdnsEffect.Sighted>().Last().Place.Addresses.Select(a => a.ToString()));
    }

    [Fact]
    public void Two_addresses_of_one_packet_stay_however_often_it_is_said()
    {
        var segment = new Segment(33);
        var ann = segment.Join(Some.Options(1));
        for (var i = 0; i < 5; i++)
        {
            segment.Inject(Announcement("10.0.2.2", "10.0.2.3"), Stranger);
            segment.Run(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(2, Assert.Single(ann.Said<MdnsEffect.Sighted>()).Place.Addresses.Length);
    }

    [Fact]
    public void Somebody_elses_goodbye_is_undone_by_the_owners_next_word()
    {
        var segment = new Segment(34);
        var ann = segment.Join(Some.Options(1));
        var ben = Some.Mdns(IPAddress.Parse("10.0.2.2"));
        segment.Inject(Announcement("10.0.2.2"), ben);
        segment.Inject(Announcement("10.0.2.2"), ben);
        segment.Inject(new DnsMessage { IsResponse = true, Answers = [.. Announcement("10.0.2.2").Answers.Select(r => r with { Ttl = 0, CacheFlush = false })] }, Stranger);

        segment.Inject(Announcement("10.0.2.2"), ben);
        segment.Run(TimeSpan.FromSeconds(30));

        Assert.Empty(ann.Said<MdnsEffect.Lost>());
    }

    [Fact]
    public void Who_uses_our_name_again_and_again_makes_this_device_take_another()
    {
        var segment = new Segment(35);
        var ann = segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromMinutes(1));
        var claim = segment.Sent.Last(s => s.Message.IsResponse).Message.Answers.Single(r => r.Type == DnsType.Srv);

        for (var i = 0; i < 4; i++)
        {
            segment.Inject(new DnsMessage { IsResponse = true, Answers = [claim with { Data = new DnsData.Service(0, 0, 999, DnsName.Of("other", "local")) }] }, Stranger);
            segment.Run(TimeSpan.FromMilliseconds(100));
        }

        Assert.NotEmpty(ann.Said<MdnsEffect.Renamed>());
    }

    private static DnsMessage Announcement(params string[] addresses)
    {
        var elsewhere = new Segment(30);
        elsewhere.Join(Some.Options(2));
        elsewhere.Run(TimeSpan.FromSeconds(5));
        var said = elsewhere.Sent.Last(s => s.Message.IsResponse).Message.Answers;
        var host = said.First(r => r.Data is DnsData.Address).Name;
        return new DnsMessage
        {
            IsResponse = true,
            Answers =
            [
                .. said.Where(r => r.Data is not DnsData.Address),
                .. addresses.Select(a => new DnsRecord(host, new DnsData.Address(IPAddress.Parse(a)), 120, CacheFlush: true)),
            ],
        };
    }
}
