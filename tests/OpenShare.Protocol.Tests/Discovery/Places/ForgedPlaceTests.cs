using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Discovery.Places;

namespace OpenShare.Protocol.Tests.Discovery.Places;

/// <summary>A place that announced a device and could not prove it.</summary>
public sealed class ForgedPlaceTests
{
    private static readonly IPEndPoint Mallory = Some.Mdns(IPAddress.Parse("10.0.2.66"));

    [Fact]
    public void It_is_ignored_for_as_long_as_it_was_told_and_told_again_then()
    {
        var segment = new Segment(71);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromSeconds(10));
        Forge(segment, TimeSpan.FromSeconds(3));
        var duplicate = Assert.Single(ann.Said<MdnsEffect.Duplicate>());
        var forged = Assert.Single(duplicate.Places, p => p.Host == "mallory.local");

        segment.Feed(ann, new MdnsInput.PlacesForged(Some.Device(2), [forged], segment.Now + DuplicateCases.ForgeryHolds));
        Assert.Single(ann.Said<MdnsEffect.DuplicateEnded>());
        ann.Effects.Clear();
        Forge(segment, DuplicateCases.ForgeryHolds - TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(ann.Effects, e => e.Effect is MdnsEffect.Duplicate or MdnsEffect.Lost);
        // Who was not told so sees two places all the while: itself.
        Assert.Empty(ben.Said<MdnsEffect.DuplicateEnded>());

        Forge(segment, TimeSpan.FromMinutes(2));
        Assert.Single(ann.Said<MdnsEffect.Duplicate>());
    }

    [Fact]
    public void Where_the_device_is_only_forged_it_is_not_to_be_seen()
    {
        var segment = new Segment(72);
        var ann = segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromSeconds(10));
        Forge(segment, TimeSpan.FromSeconds(3));
        var place = Assert.Single(ann.Said<MdnsEffect.Sighted>()).Place;

        segment.Feed(ann, new MdnsInput.PlacesForged(Some.Device(2), [place], segment.Now + DuplicateCases.ForgeryHolds));

        Assert.Equal(Some.Device(2), Assert.Single(ann.Said<MdnsEffect.Lost>()).DeviceId);
    }

    [Fact]
    public void One_forged_packet_in_the_device_s_own_names_is_corrected_within_two_seconds()
    {
        var segment = new Segment(73);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(5));
        var real = segment.Sent.Last(s => s.From == ben && s.Message.IsResponse).Message;
        var srv = real.Answers.Single(r => r.Type == DnsType.Srv);

        segment.Inject(new DnsMessage { IsResponse = true, Answers = [srv with { Data = ((DnsData.Service)srv.Data) with { Port = 6666 } }] }, Mallory);
        segment.Run(TimeSpan.FromSeconds(2));

        Assert.Equal(4000, ann.Said<MdnsEffect.Sighted>().Last().Place.Port);
        Assert.Empty(ann.Said<MdnsEffect.Lost>());
    }

    [Fact]
    public void One_forged_address_of_the_device_s_own_host_is_corrected_as_well()
    {
        var segment = new Segment(75);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(5));
        var real = ann.Said<MdnsEffect.Sighted>().Last().Place;
        var address = segment.Sent.Last(s => s.From == ben && s.Message.IsResponse).Message.Answers.First(r => r.Type == DnsType.A);

        segment.Inject(new DnsMessage { IsResponse = true, Answers = [address with { Data = new DnsData.Address(Mallory.Address) }] }, Mallory);
        segment.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(real, ann.Said<MdnsEffect.Sighted>().Last().Place);
    }

    [Fact]
    public void One_forged_goodbye_is_contradicted_before_the_device_is_lost()
    {
        var segment = new Segment(74);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(5));
        var real = segment.Sent.Last(s => s.From == ben && s.Message.IsResponse).Message;

        segment.Inject(real with { Answers = [.. real.Answers.Select(r => r with { Ttl = 0, CacheFlush = false })] }, Mallory);
        segment.Run(TimeSpan.FromSeconds(3));

        Assert.Empty(ann.Said<MdnsEffect.Lost>());
        segment.Run(TimeSpan.FromMinutes(2));
        Assert.Empty(ann.Said<MdnsEffect.Lost>());
    }

    // Said again each minute, as real ones are.
    private static void Forge(Segment segment, TimeSpan time)
    {
        var end = segment.Now + time;
        while (segment.Now < end)
        {
            segment.Inject(Announcement(), Mallory);
            var left = end - segment.Now;
            segment.Run(left < TimeSpan.FromMinutes(1) ? left : TimeSpan.FromMinutes(1));
        }
    }

    private static DnsMessage Announcement()
    {
        var type = DnsName.Of("_openshare", "_tcp", "local");
        var (instance, host) = (DnsName.Of(["mallory", .. type.Labels]), DnsName.Of("mallory", "local"));
        return new DnsMessage
        {
            IsResponse = true,
            Answers =
            [
                new DnsRecord(type, new DnsData.Pointer(instance), 120),
                new DnsRecord(instance, new DnsData.Service(0, 0, 6666, host), 120),
                new DnsRecord(instance, Some.Options(2).Announcement.ToText(), 120),
                new DnsRecord(host, new DnsData.Address(Mallory.Address), 120),
            ],
        };
    }
}
