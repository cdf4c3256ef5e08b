using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>tests/vectors/dns-avahi.json: packets that Avahi made, with names compressed as it does that.</summary>
public sealed class AvahiPacketTests
{
    private static readonly DnsName Type = DnsName.Of("_openshare", "_tcp", "local");
    private static readonly DnsName Instance = DnsName.Of(["Ada's laptop", .. Type.Labels]);

    [Theory]
    [InlineData("probe")]
    [InlineData("announcement")]
    [InlineData("question")]
    [InlineData("goodbye")]
    public void Each_is_read_and_says_the_same_when_it_is_written_anew(string name)
    {
        var message = Packet(name);

        var again = DnsMessage.Decode(message.Encode());

        Assert.Equal((message.IsResponse, message.Id), (again.IsResponse, again.Id));
        Assert.Equal(message.Questions.AsEnumerable(), again.Questions.AsEnumerable());
        Assert.All(message.Said.Zip(again.Said), pair => Assert.True(pair.First.SaysSameAs(pair.Second) && pair.First.Ttl == pair.Second.Ttl));
        Assert.Equal(message.Authorities.Length, again.Authorities.Length);
    }

    [Fact]
    public void Its_announcement_has_the_place_and_the_text_that_were_published()
    {
        var said = Packet("announcement").Said.ToList();

        Assert.Contains(said, r => r.Name == Type && r.Data is DnsData.Pointer pointer && pointer.Target == Instance);
        Assert.Contains(said, r => r.Name == Instance && r.Data is DnsData.Service { Port: 47470 } service && service.Target == DnsName.Of("avahi-host", "local"));
        var text = Assert.Single(said.Select(r => r.Data).OfType<DnsData.Text>());
        Assert.Equal("00112233445566778899aabbccddeeff", ServiceAnnouncement.TryRead(text)!.DeviceId.ToString());
        Assert.Contains(said, r => r.Data is DnsData.Address);
    }

    [Fact]
    public void Its_probe_claims_its_question_asks_and_its_goodbye_takes_back()
    {
        var (probe, question, goodbye) = (Packet("probe"), Packet("question"), Packet("goodbye"));

        Assert.Contains(probe.Authorities, r => r.Name == Instance && r.Type == DnsType.Srv);
        Assert.Contains(question.Questions, q => q.Name == Type && q.Type == DnsType.Ptr);
        Assert.Contains(question.Answers, r => r.Data is DnsData.Pointer pointer && pointer.Target == Instance);
        Assert.Contains(goodbye.Said, r => r.Ttl == 0 && r.Data is DnsData.Pointer pointer && pointer.Target == Instance);
    }

    private static DnsMessage Packet(string name) => DnsMessage.Decode(VectorFile.Read("dns-avahi.json").Bytes(name));
}
