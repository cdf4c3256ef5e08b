using System.Net;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>What strangers on the network may say, and what comes of it. The process's memory is measured, so nothing runs beside these.</summary>
[CollectionDefinition(nameof(MdnsHostileTests), DisableParallelization = true)]
[Collection(nameof(MdnsHostileTests))]
public sealed class MdnsHostileTests
{
    private static readonly DnsName Service = DnsName.Of("_openshare", "_tcp", "local");
    private static readonly IPEndPoint Stranger = Some.Mdns(IPAddress.Parse("10.0.2.66"));

    [Fact]
    public void A_million_random_and_mutated_packets_leave_discovery_at_work_and_its_memory_as_it_was()
    {
        var segment = new Segment(1);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromSeconds(10));
        var real = segment.Sent.Select(s => s.Message.Encode()).ToList();
        var random = new Random(1);
        var (now, half) = (segment.Now, 0L);
        for (var i = 0; i < 1_000_000; i++)
        {
            var bytes = i % 4 == 0 ? new byte[random.Next(1, 300)] : real[random.Next(real.Count)].ToArray();
            if (i % 4 == 0)
                random.NextBytes(bytes);
            for (var j = random.Next(1, 8); j > 0; j--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var source = Some.Mdns(new IPAddress([10, 0, 2, (byte)random.Next(3, 255)]));
            ann.Machine.Handle(new MdnsInput.PacketReceived(2, new MdnsPacket(source, bytes), (DiscoveryMedium)(i % 2)), now += TimeSpan.FromMilliseconds(0.1));
            if (i == 500_000)
                half = GC.GetTotalMemory(forceFullCollection: true);
        }

        Assert.InRange(ann.Machine.CachedRecords, 0, 2 * RecordCache.Total);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - half, long.MinValue, 8 << 20);
        segment.Run(TimeSpan.FromMinutes(80));
        ann.Effects.Clear();
        segment.Feed(ben, new MdnsInput.OptionsChanged(Some.Options(2, port: 5000)));
        segment.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(5000, ann.Said<MdnsEffect.Sighted>().Last().Place.Port);
    }

    [Fact]
    public void One_source_fills_no_more_than_its_share_and_others_are_still_sighted()
    {
        var segment = new Segment(2);
        var ann = segment.Join(Some.Options(1));
        for (var i = 0; i < 2000; i++)
            segment.Inject(Announcement(100 + i), Stranger);
        Assert.Equal(RecordCache.PerSource, ann.Machine.CachedRecords);

        segment.Join(Some.Options(2));
        segment.Run(TimeSpan.FromSeconds(5));
        Assert.Contains(ann.Said<MdnsEffect.Sighted>(), s => s.DeviceId == Some.Device(2));
    }

    [Fact]
    public void Of_a_source_that_floods_few_packets_are_read_and_of_the_others_all()
    {
        var segment = new Segment(9);
        var ann = segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromSeconds(10));
        ann.Effects.Clear();

        for (var i = 0; i < 10_000; i++)
            segment.Inject(new DnsMessage { Questions = [new DnsQuestion(DnsName.Of($"ghost {i}", "local"), DnsType.Any)] }, Stranger);
        segment.Inject(Announcement(2), Stranger);
        Assert.Equal(0, ann.Machine.CachedRecords);
        segment.Inject(Announcement(3), Some.Mdns(IPAddress.Parse("10.0.2.67")));
        Assert.Equal(4, ann.Machine.CachedRecords);

        segment.Run(TimeSpan.FromSeconds(1));
        segment.Inject(Announcement(2), Stranger);
        Assert.Equal(8, ann.Machine.CachedRecords);
    }

    [Fact]
    public void Many_sources_fill_no_more_than_the_total()
    {
        var segment = new Segment(3);
        var ann = segment.Join(Some.Options(1));
        for (var i = 0; i < 2000; i++)
            segment.Inject(Announcement(100 + i), Some.Mdns(new IPAddress(new byte[] { 10, 1, (byte)(i >> 8), (byte)i })));

        Assert.Equal(RecordCache.Total, ann.Machine.CachedRecords);
    }

    [Fact]
    public void Pointers_to_nothing_bring_few_questions()
    {
        var segment = new Segment(4);
        segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromSeconds(60));
        segment.Sent.Clear();
        for (var i = 0; i < 250; i++)
            segment.Inject(new DnsMessage { IsResponse = true, Answers = [new DnsRecord(Service, new DnsData.Pointer(DnsName.Of($"ghost {i}", "_openshare", "_tcp", "local")), 4500)] }, Stranger);

        segment.Run(TimeSpan.FromMinutes(1));

        Assert.InRange(segment.Sent.Count, 16, 200);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void Nobody_has_us_dial(string address)
    {
        var segment = new Segment(5);
        var ann = segment.Join(Some.Options(1));

        segment.Inject(Announcement(2, IPAddress.Parse(address)), Stranger);
        segment.Run(TimeSpan.FromSeconds(1));
        Assert.Empty(ann.Said<MdnsEffect.Sighted>());

        segment.Inject(Announcement(2, IPAddress.Parse("10.0.2.66")), Stranger);
        Assert.Equal("10.0.2.66", Assert.Single(Assert.Single(ann.Said<MdnsEffect.Sighted>()).Place.Addresses).ToString());
    }

    [Fact]
    public void A_response_from_another_port_than_5353_is_none()
    {
        var segment = new Segment(6);
        var ann = segment.Join(Some.Options(1));

        segment.Inject(Announcement(2), new IPEndPoint(Stranger.Address, 40000));

        Assert.Equal(0, ann.Machine.CachedRecords);
    }

    [Fact]
    public void A_legacy_query_is_answered_to_the_asker_alone_and_not_without_limit()
    {
        var segment = new Segment(7);
        var ann = segment.Join(Some.Options(1));
        segment.Run(TimeSpan.FromMinutes(1));
        ann.Effects.Clear();
        var asker = new IPEndPoint(Stranger.Address, 40000);
        var query = new DnsMessage { Id = 77, Questions = [new DnsQuestion(Service, DnsType.Ptr)] };

        for (var i = 0; i < 100; i++)
            segment.Inject(query, asker);

        var send = Assert.Single(ann.Said<MdnsEffect.Send>());
        var answer = DnsMessage.Decode(send.Packet.Span);
        Assert.Equal(asker, send.To);
        Assert.Equal((77, 1), (answer.Id, answer.Questions.Length));
        Assert.All(answer.Answers, r => Assert.True(r is { Ttl: <= 10, CacheFlush: false }));
    }

    [Fact]
    public void Of_legacy_queries_ten_a_second_are_answered_whoever_asks_and_each_in_one_frame()
    {
        var options = Some.Options(1, new string('n', 64)) with { QuicPort = 4001 };
        var network = Some.Network(1) with { Addresses = [.. Enumerable.Range(1, 30).Select(i => IPAddress.Parse($"2001:db8::{i}"))] };
        var ann = new MdnsMachine(options, new Some.Random(12));
        var now = Some.Start;
        ann.Handle(new MdnsInput.InterfacesChanged([network]), now);
        for (var end = now + TimeSpan.FromMinutes(1); ann.NextTimeout is { } next && next < end;)
            ann.Handle(new MdnsInput.TimeoutReached(), now = next);
        var quic = DnsName.Of("_openshare", "_udp", "local");
        DnsName[] asked =
        [
            Service, quic, DnsName.Of([ann.AnnouncedName, .. Service.Labels]), DnsName.Of([ann.AnnouncedName, .. quic.Labels]),
            DnsName.Of("_services", "_dns-sd", "_udp", "local"), DnsName.Of($"openshare-{Some.Device(1).ToString()[..8]}", "local"),
        ];
        var query = new DnsMessage { Questions = [.. asked.Select(n => new DnsQuestion(n, DnsType.Any))] }.Encode();

        List<MdnsEffect.Send> answers = [];
        for (var i = 0; i < 5000; i++)
        {
            var asker = new IPEndPoint(new IPAddress([10, 0, 3, (byte)i]), 40000 + i);
            answers.AddRange(ann.Handle(new MdnsInput.PacketReceived(2, new MdnsPacket(asker, query)), now += TimeSpan.FromMilliseconds(2)).Of<MdnsEffect.Send>().Where(s => s.To is not null));
        }

        Assert.InRange(answers.Count, 95, 101);
        Assert.All(answers, a => Assert.InRange(a.Packet.Length, 700, 1452));
    }

    [Fact]
    public void Who_fills_the_tables_under_all_addresses_takes_nobody_from_the_list()
    {
        var segment = new Segment(13);
        var (ann, ben) = (segment.Join(Some.Options(1)), segment.Join(Some.Options(2)));
        segment.Run(TimeSpan.FromSeconds(10));
        var most = 0;
        for (var i = 0; i < 8000; i++)
        {
            // Every other packet under the address of the device itself.
            var from = i % 2 == 0 ? ben.Network.Addresses[0] : new IPAddress([10, 1, (byte)(i >> 8), (byte)i]);
            segment.Feed(ann, new MdnsInput.PacketReceived(2, new MdnsPacket(Some.Mdns(from), Announcement(100 + i).Encode())));
            segment.Run(TimeSpan.FromMilliseconds(40));
            most = Math.Max(most, ann.Machine.CachedRecords);
        }

        Assert.Equal(RecordCache.Total, most);
        Assert.DoesNotContain(ann.Said<MdnsEffect.Lost>(), l => l.DeviceId == Some.Device(2));
    }

    [Fact]
    public void A_time_to_live_of_a_century_ends_after_two_minutes()
    {
        var segment = new Segment(8);
        var ann = segment.Join(Some.Options(1));
        var forever = Announcement(2);
        segment.Inject(forever with { Answers = [.. forever.Answers.Select(r => r with { Ttl = uint.MaxValue })] }, Stranger);

        segment.Run(TimeSpan.FromMinutes(2.1));

        Assert.Single(ann.Said<MdnsEffect.Lost>());
        Assert.Equal(0, ann.Machine.CachedRecords);
    }

    private static DnsMessage Announcement(int number, IPAddress? address = null)
    {
        var instance = DnsName.Of($"device {number}", "_openshare", "_tcp", "local");
        var host = DnsName.Of($"host{number}", "local");
        return new DnsMessage
        {
            IsResponse = true,
            Answers =
            [
                new DnsRecord(Service, new DnsData.Pointer(instance), 120),
                new DnsRecord(instance, new DnsData.Service(0, 0, 4000, host), 120, true),
                new DnsRecord(instance, Some.Options(number).Announcement.ToText(), 120, true),
                new DnsRecord(host, new DnsData.Address(address ?? IPAddress.Parse("10.0.2.66")), 120, true),
            ],
        };
    }
}
