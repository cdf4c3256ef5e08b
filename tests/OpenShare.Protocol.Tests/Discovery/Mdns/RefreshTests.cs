using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>When what is about to expire, or is missing, is asked for (RFC 6762 §5.2).</summary>
public sealed class RefreshTests
{
    private const int Devices = 30;

    private static readonly DnsName Service = DnsName.Of("_openshare", "_tcp", "local");

    [Fact]
    public void Records_are_asked_for_at_80_85_90_and_95_percent_of_their_time_and_up_to_2_percent_later_at_random()
    {
        var segment = new Segment(71);
        var ann = segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromSeconds(10));
        var heard = segment.Now;
        for (var i = 0; i < Devices; i++)
            segment.Inject(Announcement(i), Some.Mdns(IPAddress.Parse("10.0.2.66")));
        segment.Run(TimeSpan.FromSeconds(121));
        Assert.Equal(Devices, ann.Said<MdnsEffect.Lost>().Count());

        List<double> later = [];
        foreach (var question in Enumerable.Range(0, Devices).SelectMany(Unique))
        {
            var asked = segment.Sent.Where(s => s.Message.Questions.Contains(question)).Select(s => (s.At - heard) / TimeSpan.FromSeconds(1.2)).ToList();
            Assert.Equal(4, asked.Count);
            for (var i = 0; i < asked.Count; i++)
            {
                // A packet of questions a tenth of a second after another.
                Assert.InRange(asked[i], 80 + (5 * i), 82.5 + (5 * i));
                later.Add(asked[i] - 80 - (5 * i));
            }
        }
        Assert.InRange(later.Average(), 0.7, 1.6);
        Assert.InRange(later.Max() - later.Min(), 1.5, 2.5);
    }

    [Fact]
    public void Of_many_records_that_are_due_at_once_each_is_asked_for()
    {
        var ann = new MdnsMachine(Some.Options(1), new Some.Random(72));
        var now = Some.Start;
        ann.Handle(new MdnsInput.InterfacesChanged([Some.Network(1)]), now);
        for (var i = 0; i < Devices; i++)
            ann.Handle(new MdnsInput.PacketReceived(2, new MdnsPacket(Some.Mdns(IPAddress.Parse("10.0.2.66")), Announcement(i).Encode())), now);

        // At 83 %, as if the machine had been busy since they were heard.
        now += TimeSpan.FromSeconds(99.6);
        var asked = Run(ann, now, now + TimeSpan.FromSeconds(2));

        Assert.All(asked, questions => Assert.InRange(questions.Count, 0, 32));
        Assert.Empty(Enumerable.Range(0, Devices).SelectMany(Unique).Except(asked.SelectMany(q => q)));
    }

    [Fact]
    public void Of_many_instances_of_which_much_is_missing_all_is_asked_for()
    {
        var ann = new MdnsMachine(Some.Options(1), new Some.Random(73));
        var now = Some.Start;
        ann.Handle(new MdnsInput.InterfacesChanged([Some.Network(1)]), now);
        for (var i = 0; i < Devices; i++)
        {
            var announcement = Announcement(i);
            ann.Handle(new MdnsInput.PacketReceived(2, new MdnsPacket(Some.Mdns(IPAddress.Parse("10.0.2.66")), (announcement with { Answers = announcement.Answers[..2] }).Encode())), now);
        }

        var asked = Run(ann, now, now + TimeSpan.FromSeconds(0.9));

        Assert.All(asked, questions => Assert.InRange(questions.Count, 0, 32));
        Assert.Empty(Enumerable.Range(0, Devices).SelectMany(i => Unique(i).Skip(1)).Except(asked.SelectMany(q => q)));
    }

    private static List<IReadOnlyList<DnsQuestion>> Run(MdnsMachine machine, DateTimeOffset now, DateTimeOffset end)
    {
        List<IReadOnlyList<DnsQuestion>> asked = [];
        while (machine.NextTimeout is { } next && next <= end)
        {
            now = next > now ? next : now;
            asked.AddRange(machine.Handle(new MdnsInput.TimeoutReached(), now).Of<MdnsEffect.Send>().Select(s => DnsMessage.Decode(s.Packet.Span).Questions.ToList()));
        }
        return asked;
    }

    private static IEnumerable<DnsQuestion> Unique(int number) =>
        [new(Instance(number), DnsType.Srv), new(Instance(number), DnsType.Txt), new(Host(number), DnsType.A)];

    private static DnsName Instance(int number) => DnsName.Of($"peer {number}", "_openshare", "_tcp", "local");

    private static DnsName Host(int number) => DnsName.Of($"host{number}", "local");

    private static DnsMessage Announcement(int number) => new()
    {
        IsResponse = true,
        Answers =
        [
            new DnsRecord(Service, new DnsData.Pointer(Instance(number)), 120),
            new DnsRecord(Instance(number), new DnsData.Service(0, 0, 4000, Host(number)), 120, true),
            new DnsRecord(Instance(number), Some.Options(100 + number).Announcement.ToText(), 120, true),
            new DnsRecord(Host(number), new DnsData.Address(new IPAddress([10, 0, 2, (byte)(100 + number)])), 120, true),
        ],
    };
}
