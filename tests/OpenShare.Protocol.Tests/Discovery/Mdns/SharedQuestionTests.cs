using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>What another asks need not be asked again (RFC 6762 §7.3), unless that would hide somebody.</summary>
public sealed class SharedQuestionTests
{
    private static readonly DnsName Type = DnsName.Of("_openshare", "_tcp", "local");
    private static readonly DnsQuestion Question = new(Type, DnsType.Ptr);
    private static readonly IPEndPoint Asker = Some.Mdns(IPAddress.Parse("10.0.2.77"));

    // Own questions are due after about 0.1, 1, 3, 7 and 15 seconds.
    private static readonly TimeSpan BeforeTheFourth = TimeSpan.FromSeconds(6.5);
    private static readonly TimeSpan PastTheFourth = TimeSpan.FromSeconds(1.5);

    [Fact]
    public void Of_a_crowd_that_starts_at_once_few_ask_and_all_see_all()
    {
        const int crowd = 30;
        var segment = new Segment(41);
        var nodes = Enumerable.Range(1, crowd).Select(i => segment.Join(Some.Options(i))).ToList();

        segment.Run(TimeSpan.FromMinutes(10));

        Assert.All(nodes, n => Assert.Equal(crowd - 1, n.Said<MdnsEffect.Sighted>().Count()));
        Assert.InRange(segment.Sent.Count(s => Asks(s.Message)), 10, 60);
    }

    [Fact]
    public void What_another_asks_shortly_before_is_not_asked_again()
    {
        var segment = Alone();

        segment.Inject(new DnsMessage { Questions = [Question], Answers = [Own(segment)] }, Asker);

        Assert.Equal(0, Asked(segment));
    }

    [Fact]
    public void A_question_is_asked_all_the_same_where_its_answer_would_not_come_to_all()
    {
        var segment = Alone();

        segment.Inject(new DnsMessage { Questions = [Question with { WantsUnicast = true }] }, Asker);
        segment.Inject(new DnsMessage { Questions = [Question] }, new IPEndPoint(Asker.Address, 40000));

        Assert.Equal(1, Asked(segment));
    }

    [Fact]
    public void A_question_is_asked_all_the_same_where_its_asker_knows_somebody_this_device_does_not()
    {
        var segment = Alone();

        segment.Inject(new DnsMessage { Questions = [Question], Answers = [Somebody] }, Asker);

        Assert.Equal(1, Asked(segment));
    }

    [Fact]
    public void A_question_long_before_is_another_matter()
    {
        var segment = Alone(TimeSpan.FromSeconds(4));

        segment.Inject(new DnsMessage { Questions = [Question] }, Asker);

        segment.Run(BeforeTheFourth - TimeSpan.FromSeconds(4));
        Assert.Equal(1, Asked(segment));
    }

    [Theory]
    [InlineData(true, true, 0)]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 1)]
    public void More_of_what_the_asker_knows_is_waited_for(bool comes, bool isKnown, int asked)
    {
        var segment = Alone();

        segment.Inject(new DnsMessage { Questions = [Question], IsTruncated = true }, Asker);
        if (comes)
            segment.Inject(new DnsMessage { Answers = [isKnown ? Own(segment) : Somebody] }, Asker);

        Assert.Equal(asked, Asked(segment));
    }

    [Fact]
    public void Nobody_puts_the_question_off_for_ever()
    {
        var segment = Alone();

        for (var i = 0; i < 8; i++)
        {
            segment.Inject(new DnsMessage { Questions = [Question], IsTruncated = true }, Asker);
            segment.Run(TimeSpan.FromSeconds(0.2));
        }

        Assert.Single(segment.Sent, s => s.At > segment.Now - PastTheFourth && Asks(s.Message));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 20)]
    public void What_all_would_answer_alike_is_answered_once(bool isOwnAsked, int answers)
    {
        var segment = new Segment(43);
        for (var i = 1; i <= 20; i++)
            segment.Join(Some.Options(i));
        // All announce once a minute now, and none in the next half second.
        segment.Run(TimeSpan.FromMinutes(5));
        var kind = DnsName.Of("_services", "_dns-sd", "_udp", "local");

        for (var round = 0; round < 2; round++)
        {
            segment.Run(TimeSpan.FromSeconds(1.5));
            var before = segment.Sent.Count;
            segment.Inject(new DnsMessage { Questions = isOwnAsked ? [new(kind, DnsType.Ptr), Question] : [new(kind, DnsType.Ptr)] }, Asker);
            segment.Run(TimeSpan.FromSeconds(0.2));
            Assert.InRange(segment.Sent.Count - before, answers, answers + 3);
        }
    }

    private static DnsRecord Somebody => new(Type, new DnsData.Pointer(DnsName.Of(["Somebody", .. Type.Labels])), 120);

    private static DnsRecord Own(Segment segment) => segment.Sent.Last(s => s.Message.IsResponse).Message.Answers.Single(r => r.Type == DnsType.Ptr);

    private static Segment Alone(TimeSpan? time = null)
    {
        var segment = new Segment(42);
        segment.Join(Some.Options(1));
        segment.Run(time ?? BeforeTheFourth);
        return segment;
    }

    private static int Asked(Segment segment)
    {
        var before = segment.Sent.Count;
        segment.Run(PastTheFourth);
        return segment.Sent.Skip(before).Count(s => Asks(s.Message));
    }

    private static bool Asks(DnsMessage message) => message.Questions.Contains(Question);
}
