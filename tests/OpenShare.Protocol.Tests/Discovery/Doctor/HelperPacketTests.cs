using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Doctor;

/// <summary>The questions, against the machine that has to answer them.</summary>
public sealed class HelperPacketTests
{
    private static readonly IPAddress Doctor = IPAddress.Parse("192.0.2.9");

    private readonly Segment _segment = new(seed: 1);
    private readonly Segment.Node _agent;

    public HelperPacketTests()
    {
        _agent = _segment.Join(Some.Options(1));
        // Past the first half minute, so that it says nothing by itself meanwhile.
        _segment.Run(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_question_from_a_port_of_its_own_is_answered_to_that_port_with_its_number()
    {
        var from = new IPEndPoint(Doctor, 40_000);

        var answer = Assert.Single(Said(HelperPacket.AskAlone(4711), from));

        Assert.Equal(from, answer.To);
        Assert.Equal(new HelperAnswer(4711, IsOfDevice: true, IsAsked: false), HelperPacket.Read(answer.Packet.Span));
    }

    [Fact]
    public void A_question_to_everybody_is_answered_with_what_no_announcement_says()
    {
        Assert.All(_agent.Said<MdnsEffect.Send>(), s => Assert.NotEqual(true, HelperPacket.Read(s.Packet.Span)?.IsAsked));

        var answer = Assert.Single(Said(HelperPacket.AskAll(), new IPEndPoint(Doctor, MdnsMachine.Port)));

        Assert.Null(answer.To);
        Assert.Equal(new HelperAnswer(0, IsOfDevice: true, IsAsked: true), HelperPacket.Read(answer.Packet.Span));
    }

    [Fact]
    public void Questions_and_rubbish_are_no_answers()
    {
        Assert.Null(HelperPacket.Read(HelperPacket.AskAll()));
        Assert.Null(HelperPacket.Read([1, 2, 3]));
        Assert.Null(HelperPacket.Read([]));
    }

    [Fact]
    public void Another_kind_of_service_is_heard_and_is_no_device()
    {
        var printer = new DnsMessage { IsResponse = true, Answers = [new DnsRecord(DnsName.Of("_ipp", "_tcp", "local"), new DnsData.Pointer(DnsName.Of("Printer", "_ipp", "_tcp", "local")), 120)] };

        Assert.Equal(new HelperAnswer(0, IsOfDevice: false, IsAsked: false), HelperPacket.Read(printer.Encode()));
    }

    /// <summary>What the agent says within a second of being asked.</summary>
    private List<MdnsEffect.Send> Said(byte[] question, IPEndPoint from)
    {
        var before = _agent.Effects.Count;
        _segment.Inject(DnsMessage.Decode(question), from);
        _segment.Run(TimeSpan.FromSeconds(1));
        return [.. _agent.Effects.Skip(before).Select(e => e.Effect).OfType<MdnsEffect.Send>()];
    }
}
