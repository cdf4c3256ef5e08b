using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>What a name of this device has no record of is said not to be (RFC 6762 §6.1).</summary>
public sealed class NegativeAnswerTests
{
    private static readonly DnsName Host = DnsName.Of("openshare-00010000", "local");
    private static readonly DnsName Instance = DnsName.Of("device 1", "_openshare", "_tcp", "local");
    private static readonly IPEndPoint Asker = Some.Mdns(IPAddress.Parse("10.0.2.77"));

    private readonly Segment _segment = new(41);
    private readonly Segment.Node _ann;

    public NegativeAnswerTests()
    {
        _ann = _segment.Join(Some.Options(1));
        _segment.Feed(_ann, new MdnsInput.InterfacesChanged([_ann.Network with { Addresses = [_ann.Network.Addresses[0]] }]));
        _segment.Run(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void A_host_without_ipv6_says_at_once_that_it_has_none()
    {
        var answer = Assert.Single(Ask(new DnsQuestion(Host, DnsType.Aaaa)));

        Assert.Equal(new DnsRecord(Host, new DnsData.NoOthers(Host, [DnsType.A]), 120, CacheFlush: true), Assert.Single(answer.Answers, r => r.Type == DnsType.Nsec));
        Assert.Contains(answer.Answers, r => r.Name == Host && r.Type == DnsType.A);
    }

    [Fact]
    public void Nobody_needs_to_ask_who_hears_its_addresses()
    {
        Assert.All(
            _segment.Sent.Where(s => s.Message.IsResponse && s.At > Some.Start.AddSeconds(30)),
            s => Assert.Equal(new DnsData.NoOthers(Host, [DnsType.A]), Assert.Single(s.Message.Additionals).Data));

        var ben = _segment.Join(Some.Options(2));
        _segment.Run(TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(_segment.Sent, s => s.From == ben && s.Message.Additionals.Any());
    }

    [Fact]
    public void An_instance_has_no_addresses()
    {
        var answer = Assert.Single(Ask(new DnsQuestion(Instance, DnsType.A)));

        Assert.Equal(new DnsData.NoOthers(Instance, [DnsType.Txt, DnsType.Srv]), Assert.Single(answer.Answers, r => r.Type == DnsType.Nsec).Data);
    }

    [Fact]
    public void What_is_there_or_asked_for_whole_or_anothers_is_not_denied()
    {
        var answer = Assert.Single(Ask(new DnsQuestion(Host, DnsType.A), new DnsQuestion(Instance, DnsType.Any)));
        Assert.DoesNotContain(answer.Answers, r => r.Type == DnsType.Nsec);
        Assert.Empty(Ask(new DnsQuestion(DnsName.Of("_openshare", "_tcp", "local"), DnsType.Srv), new DnsQuestion(DnsName.Of("other", "local"), DnsType.Aaaa)));
    }

    [Fact]
    public void A_name_that_is_still_probed_for_is_not_answered_for()
    {
        var ben = _segment.Join(Some.Options(2));
        Assert.False(ben.Machine.IsAnnounced);

        Assert.Empty(Ask(new DnsQuestion(DnsName.Of("openshare-00020000", "local"), DnsType.Txt)));
    }

    [Fact]
    public void Whoever_knows_it_is_not_told()
    {
        var known = new DnsRecord(Host, new DnsData.NoOthers(Host, [DnsType.A]), 100);

        Assert.Empty(Answers(new DnsMessage { Questions = [new DnsQuestion(Host, DnsType.Aaaa)], Answers = [known] }));
    }

    [Fact]
    public void A_legacy_resolver_gets_no_records()
    {
        _segment.Inject(new DnsMessage { Id = 7, Questions = [new DnsQuestion(Host, DnsType.Aaaa)] }, new IPEndPoint(Asker.Address, 40000));

        var answer = DnsMessage.Decode(_ann.Said<MdnsEffect.Send>().Single(s => s.To is not null).Packet.Span);
        Assert.Equal((7, new DnsQuestion(Host, DnsType.Aaaa)), (answer.Id, Assert.Single(answer.Questions)));
        Assert.Empty(answer.Answers);
    }

    private List<DnsMessage> Ask(params DnsQuestion[] questions) => Answers(new DnsMessage { Questions = [.. questions] });

    private List<DnsMessage> Answers(DnsMessage query)
    {
        var before = _segment.Sent.Count;
        _segment.Inject(query, Asker);
        _segment.Run(TimeSpan.FromMilliseconds(10));
        return [.. _segment.Sent.Skip(before).Select(s => s.Message).Where(m => m.IsResponse)];
    }
}
