using System.Globalization;
using System.Net;
using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>Known answers that take several packets (RFC 6762 §7.2): told by whoever asks, waited for by whoever is asked.</summary>
public sealed class KnownAnswerTests
{
    private const int Crowd = 50;

    private static readonly DnsName Type = DnsName.Of("_openshare", "_tcp", "local");
    private static readonly IPEndPoint Asker = Some.Mdns(IPAddress.Parse("10.0.2.77"));

    [Fact]
    public void Whoever_knows_many_devices_says_so_in_several_packets_and_nobody_answers()
    {
        var segment = new Segment(21);
        var nodes = Enumerable.Range(1, Crowd).Select(i => segment.Join(Some.Options(i, string.Create(CultureInfo.InvariantCulture, $"device number {i}")))).ToList();
        segment.Run(TimeSpan.FromMinutes(4));
        var before = segment.Sent.Count;

        segment.Feed(nodes[0], new OpenShare.Protocol.Discovery.Mdns.MdnsInput.LookAgain());
        segment.Run(TimeSpan.FromSeconds(0.9));

        var said = segment.Sent.Skip(before).ToList();
        var queries = said.Where(s => s.From == nodes[0] && !s.Message.IsResponse).Select(s => s.Message).ToList();
        Assert.True(queries.Count > 1);
        Assert.All(queries.SkipLast(1), q => Assert.True(q.IsTruncated));
        Assert.False(queries[^1].IsTruncated);
        Assert.All(queries.Skip(1), q => Assert.Empty(q.Questions));
        Assert.Equal(Crowd, queries.SelectMany(q => q.Answers).Select(a => a.Data).Distinct().Count());
        Assert.True(said.Count(s => s.From != nodes[0] && s.Message.IsResponse) < Crowd / 10, "hardly anybody answers what is known");
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void Whoever_is_asked_waits_for_what_is_to_follow(bool isKnown, int answers)
    {
        var segment = new Segment(22);
        segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromMinutes(5));
        var before = segment.Sent.Count(s => s.Message.IsResponse);
        var pointer = segment.Sent.Last(s => s.Message.IsResponse).Message.Answers.Single(r => r.Type == DnsType.Ptr);

        segment.Inject(new DnsMessage { Questions = [new DnsQuestion(Type, DnsType.Ptr)], IsTruncated = true }, Asker);
        segment.Run(TimeSpan.FromMilliseconds(350));
        Assert.Equal(before, segment.Sent.Count(s => s.Message.IsResponse));
        segment.Inject(new DnsMessage { Answers = isKnown ? [pointer] : [pointer with { Data = new DnsData.Pointer(DnsName.Of(["Other", .. Type.Labels])) }] }, Asker);
        segment.Run(TimeSpan.FromMilliseconds(650));

        Assert.Equal(before + answers, segment.Sent.Count(s => s.Message.IsResponse));
    }

    [Fact]
    public void A_name_is_defended_at_once_whatever_is_to_follow()
    {
        var segment = new Segment(24);
        segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromMinutes(5));
        var before = segment.Sent.Count(s => s.Message.IsResponse);
        var claim = segment.Sent.Last(s => s.Message.IsResponse).Message.Answers.Single(r => r.Type == DnsType.Srv);

        segment.Inject(new DnsMessage { Questions = [new DnsQuestion(claim.Name, DnsType.Any)], Authorities = [claim], IsTruncated = true }, Asker);
        segment.Run(TimeSpan.FromMilliseconds(10));

        Assert.Equal(before + 1, segment.Sent.Count(s => s.Message.IsResponse));
    }

    [Fact]
    public void Askers_without_number_who_never_say_the_rest_are_answered_all_the_same()
    {
        var segment = new Segment(23);
        segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromMinutes(5));
        var before = segment.Sent.Count(s => s.Message.IsResponse);

        for (var i = 1; i <= 200; i++)
            segment.Inject(new DnsMessage { Questions = [new DnsQuestion(Type, DnsType.Ptr)], IsTruncated = true }, Some.Mdns(new IPAddress([10, 0, 3, (byte)i])));
        segment.Run(TimeSpan.FromSeconds(3));

        Assert.InRange(segment.Sent.Count(s => s.Message.IsResponse) - before, 1, 3);
    }
}
