using System.Net;
using System.Text.Json.Nodes;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>tests/vectors/mdns.json: each packet a device sends, from stated inputs.</summary>
public sealed class MdnsVectorTests
{
    private static readonly MdnsInterface Network = new(2, "eth0", IsLoopback: false, [IPAddress.Parse("192.0.2.7"), IPAddress.Parse("2001:db8::7")]);

    [Fact]
    public void Packets_are_as_the_vectors_say()
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        var announcement = new ServiceAnnouncement(AccountHash.FromKey(key), DeviceId.Parse("00112233445566778899aabbccddeeff"), "fedcba9876543210", 45454, NewsTag.Of(key, trustRoot: 1, revocationList: 7));
        var options = new MdnsOptions("Ann's laptop", announcement);

        var packets = Sent(options, Network);
        var withQuic = options with { QuicPort = 45455 };
        var ipv4Alone = Network with { Addresses = [Network.Addresses[0]] };
        var question = new DnsMessage { Questions = [new DnsQuestion(DnsName.Of("openshare-00112233", "local"), DnsType.Aaaa)] };
        var otherPackets = Sent(withQuic, ipv4Alone, question);

        VectorFile.Check("mdns.json", new JsonObject
        {
            ["what"] = "Multicast DNS packets of one device on an interface with the addresses given, as sent to 224.0.0.251 and ff02::fb, port 5353",
            ["account_discovery_key"] = VectorFile.Hex(key),
            ["acct_hash"] = announcement.Account.ToString(),
            ["device_name"] = options.DeviceName,
            ["dev_id"] = announcement.DeviceId.ToString(),
            ["short_fp"] = announcement.ShortFingerprint,
            ["port"] = announcement.Port,
            ["trust_root_version"] = 1,
            ["revocation_list_version"] = 7,
            ["news"] = announcement.News.ToString(),
            ["addresses"] = new JsonArray([.. Network.Addresses.Select(a => JsonValue.Create(a.ToString()))]),
            ["txt"] = VectorFile.Hex(announcement.ToText().Raw.Span),
            ["probe"] = VectorFile.Hex(packets.First(p => !p.Message.Authorities.IsEmpty).Packet.Span),
            ["query"] = VectorFile.Hex(packets.First(p => !p.Message.IsResponse && p.Message.Authorities.IsEmpty).Packet.Span),
            ["announcement"] = VectorFile.Hex(packets.First(p => p.Message.IsResponse).Packet.Span),
            ["goodbye"] = VectorFile.Hex(packets[^1].Packet.Span),
            ["with_quic_and_the_first_address_alone"] = new JsonObject
            {
                ["quic_port"] = withQuic.QuicPort,
                ["probe"] = VectorFile.Hex(otherPackets.First(p => !p.Message.Authorities.IsEmpty).Packet.Span),
                ["announcement"] = VectorFile.Hex(otherPackets.First(p => p.Message.IsResponse).Packet.Span),
                ["question"] = VectorFile.Hex(question.Encode()),
                ["answer"] = VectorFile.Hex(otherPackets.First(p => p.Message.Answers.Any(r => r.Type == DnsType.Nsec)).Packet.Span),
            },
        });
    }

    [Fact]
    public void The_announcement_of_the_vectors_is_sighted()
    {
        var vectors = VectorFile.Read("mdns.json");
        var account = AccountHash.FromKey(vectors.Bytes("account_discovery_key"));
        var machine = new MdnsMachine(Some.Options(1, account: account), new NoRandom());
        machine.Handle(new MdnsInput.InterfacesChanged([Some.Network(1)]), Some.Start);

        var effects = machine.Handle(new MdnsInput.PacketReceived(2, new MdnsPacket(Some.Mdns(Network.Addresses[0]), vectors.Bytes("announcement"))), Some.Start);

        var sighted = Assert.Single(effects.Of<MdnsEffect.Sighted>());
        Assert.Equal((vectors.Text("dev_id"), vectors.Text("device_name"), vectors.Text("short_fp")), (sighted.DeviceId.ToString(), sighted.Name, sighted.ShortFingerprint));
        Assert.Equal(vectors.Text("news"), sighted.News.ToString());
        Assert.Equal(["192.0.2.7:45454", "[2001:db8::7]:45454"], sighted.Place.EndPoints.Select(e => e.ToString()));
    }

    [Fact]
    public void An_answer_as_RFC_1035_compresses_names_is_read()
    {
        // RFC 1035 §4.1.4's own example, its names in three questions: the second points to the first, the third into it.
        byte[] first = [1, .. "F"u8, 3, .. "ISI"u8, 4, .. "ARPA"u8, 0];
        Assert.Equal("F.ISI.ARPA", ReadQuestionName([.. first, 0, 1, 0, 1]).ToString());
        Assert.Equal("FOO.F.ISI.ARPA", ReadQuestionName([.. first, 0, 1, 0, 1, 3, .. "FOO"u8, 0xC0, 12, 0, 1, 0, 1], 2).ToString());
        Assert.Equal("ARPA", ReadQuestionName([.. first, 0, 1, 0, 1, 0xC0, 18, 0, 1, 0, 1], 2).ToString());
        Assert.Empty(ReadQuestionName([0, 0, 1, 0, 1]).Labels);
    }

    // No randomness: every wait is its shortest.
    private static List<(ReadOnlyMemory<byte> Packet, DnsMessage Message)> Sent(MdnsOptions options, MdnsInterface network, DnsMessage? question = null)
    {
        var machine = new MdnsMachine(options, new NoRandom());
        List<MdnsEffect> effects = [.. machine.Handle(new MdnsInput.InterfacesChanged([network]), Some.Start)];
        while (!machine.IsAnnounced)
            effects.AddRange(machine.Handle(new MdnsInput.TimeoutReached(), machine.NextTimeout!.Value));
        if (question is not null)
            effects.AddRange(machine.Handle(new MdnsInput.PacketReceived(network.Index, new MdnsPacket(Some.Mdns(IPAddress.Parse("192.0.2.8")), question.Encode())), Some.Start.AddMinutes(1)));
        effects.AddRange(machine.Handle(new MdnsInput.Stop(), Some.Start.AddMinutes(1)));
        return [.. effects.Of<MdnsEffect.Send>().Select(s => (s.Packet, DnsMessage.Decode(s.Packet.Span)))];
    }

    private static DnsName ReadQuestionName(byte[] body, byte questions = 1) =>
        DnsMessage.Decode([0, 0, 0, 0, 0, questions, 0, 0, 0, 0, 0, 0, .. body]).Questions[^1].Name;

    private sealed class NoRandom : IRandomSource
    {
        public void Fill(Span<byte> bytes) => bytes.Clear();
    }
}
