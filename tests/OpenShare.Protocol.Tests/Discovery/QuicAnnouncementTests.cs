using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Protocol.Tests.Discovery;

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
