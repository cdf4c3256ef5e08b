using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>Where QUIC is listened for, that is announced beside the other, and nowhere else.</summary>
public sealed class QuicAnnouncementTests
{
    private static readonly DnsName Quic = DnsName.Of("_openshare", "_udp", "local");
    private static readonly DnsName Kinds = DnsName.Of("_services", "_dns-sd", "_udp", "local");

    [Fact]
    public void A_device_that_listens_for_quic_says_where()
    {
        var said = Said(Some.Options(1, "ann") with { QuicPort = 4747 });

        var instance = DnsName.Of(["ann", .. Quic.Labels]);
        Assert.Contains(said, r => r.Name == Quic && r.Data is DnsData.Pointer pointer && pointer.Target == instance);
        var service = Assert.IsType<DnsData.Service>(said.First(r => r.Name == instance && r.Type == DnsType.Srv).Data);
        Assert.Equal(4747, service.Port);
        Assert.Contains(said, r => r.Name == service.Target && r.Data is DnsData.Address);
        Assert.Contains(said, r => r.Name == instance && r.Type == DnsType.Txt);
        Assert.Contains(said, r => r.Name == Kinds && r.Data is DnsData.Pointer kind && kind.Target == Quic);
        // Leaving, it takes that back too.
        Assert.Contains(said, r => r.Name == Quic && r.Ttl == 0);
    }

    [Fact]
    public void One_that_does_not_says_nothing_of_it() =>
        Assert.DoesNotContain(Said(Some.Options(1, "ann")), r => r.Name == Quic || r.Name.IsChildOf(Quic) || r.Data is DnsData.Pointer pointer && pointer.Target == Quic);

    [Fact]
    public void One_that_listens_no_more_takes_that_back_and_nothing_else()
    {
        var segment = new Segment(32);
        var (ann, ben) = (segment.Join(WithQuic(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromMinutes(2));
        var before = segment.Sent.Count;

        segment.Feed(ann, new MdnsInput.OptionsChanged(Some.Options(1)));
        segment.Run(TimeSpan.FromSeconds(10));

        var gone = segment.Sent.Skip(before).SelectMany(s => s.Message.Answers).Where(r => r.Ttl == 0);
        Assert.Equal([(Quic, DnsType.Ptr), (Instance(1), DnsType.Srv), (Instance(1), DnsType.Txt)], gone.Select(r => (r.Name, r.Type)));
        Assert.Empty(ben.Said<MdnsEffect.Lost>());
        Assert.True(ann.Machine.IsAnnounced);
    }

    [Fact]
    public void A_change_of_what_is_announced_takes_nothing_back()
    {
        var segment = new Segment(33);
        var ann = segment.Join(WithQuic(1));
        segment.Run(TimeSpan.FromMinutes(2));

        segment.Feed(ann, new MdnsInput.OptionsChanged(Some.Options(1, port: 4001) with { QuicPort = 4748 }));
        segment.Run(TimeSpan.FromSeconds(10));

        Assert.DoesNotContain(segment.Sent, s => s.Message.Answers.Any(r => r.Ttl == 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Its_name_is_probed_for_whenever_it_comes(bool fromTheStart)
    {
        var segment = new Segment(34);
        var ann = segment.Join(fromTheStart ? WithQuic(1) : Some.Options(1));
        if (!fromTheStart)
        {
            segment.Run(TimeSpan.FromMinutes(2));
            segment.Feed(ann, new MdnsInput.OptionsChanged(WithQuic(1)));
        }
        segment.Run(TimeSpan.FromSeconds(5));

        var probes = segment.Sent.Where(s => s.Medium == DiscoveryMedium.Multicast && s.Message.Questions.Any(q => q.Name == Instance(1) && q.Type == DnsType.Any)).ToList();
        Assert.Equal(3, probes.Count);
        Assert.All(probes, p => Assert.Equal([DnsType.Srv, DnsType.Txt], p.Message.Authorities.Where(r => r.Name == Instance(1)).Select(r => r.Type)));
        Assert.True(segment.Sent.First(s => s.Message.Answers.Any(r => r.Name == Instance(1))).At > probes[^1].At);
    }

    [Fact]
    public void Whoever_has_its_name_keeps_it_and_whoever_claims_it_later_is_answered()
    {
        var segment = new Segment(35);
        var taken = new DnsMessage { IsResponse = true, Answers = [new DnsRecord(Instance(1), new DnsData.Service(0, 0, 9, DnsName.Of("other", "local")), 120, true)] };
        var ann = segment.Join(WithQuic(1));
        segment.Run(TimeSpan.FromMilliseconds(300));
        segment.Inject(taken, Some.Mdns(System.Net.IPAddress.Parse("10.0.2.66")));
        segment.Run(TimeSpan.FromMinutes(1));
        Assert.Equal("device 1 (2)", ann.Machine.AnnouncedName);

        var claimed = DnsName.Of(["device 1 (2)", .. Quic.Labels]);
        segment.Inject(taken with { Answers = [taken.Answers[0] with { Name = claimed }] }, Some.Mdns(System.Net.IPAddress.Parse("10.0.2.66")));
        Assert.False(ann.Machine.IsAnnounced);
        segment.Run(TimeSpan.FromSeconds(10));
        Assert.Equal("device 1 (2)", ann.Machine.AnnouncedName);
    }

    private static MdnsOptions WithQuic(int number) => Some.Options(number) with { QuicPort = 4747 };

    private static DnsName Instance(int number) => DnsName.Of([$"device {number}", .. Quic.Labels]);

    private static List<DnsRecord> Said(MdnsOptions options)
    {
        var segment = new Segment(31);
        var node = segment.Join(options);
        segment.Run(TimeSpan.FromSeconds(10));
        segment.Inject(new DnsMessage { Questions = [new DnsQuestion(Kinds, DnsType.Ptr)] }, Some.Mdns(System.Net.IPAddress.Parse("10.0.2.77")));
        segment.Run(TimeSpan.FromSeconds(3));
        segment.Feed(node, new MdnsInput.Stop());
        return [.. segment.Sent.Where(s => s.Message.IsResponse).SelectMany(s => s.Message.Answers)];
    }
}
