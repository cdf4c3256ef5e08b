using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Discovery.Places;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>What strangers can have this device do: it is little whatever they say, and however full they made its tables.</summary>
public sealed class DiscoveryWorkTests
{
    private static readonly DnsName Service = DnsName.Of("_openshare", "_tcp", "local");
    private static readonly DnsName Host = DnsName.Of("victim", "local");
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(1);

    private readonly MdnsMachine _ann = new(Some.Options(1), new Some.Random(1));
    private DateTimeOffset _now = Some.Start;

    [Theory]
    [InlineData(1, 85)]
    [InlineData(4, 85)]
    [InlineData(16, 85)]
    [InlineData(1, 500)]
    [InlineData(4, 500)]
    [InlineData(16, 500)]
    public void The_worst_packet_costs_little_however_full_the_tables_are(int sources, int addresses)
    {
        Listen();
        for (var i = 0; i < sources; i++)
        {
            Hear(i, [.. Device($"a {i}", Host, i)]);
            Hear(i, Addresses(Host, i, 500));
        }
        Assert.Equal((3 * sources) + PeerAddresses.PerPlace, _ann.CachedRecords);
        for (var i = 0; i < sources; i++)
        {
            for (var d = 0; d < 100; d++)
                Hear(i, [.. Device($"b {i} {d}", DnsName.Of($"host {i} {d}", "local"), d)], TimeSpan.Zero);
        }
        Assert.InRange(_ann.CachedRecords, sources * (RecordCache.PerSource - PeerAddresses.PerPlace), sources * RecordCache.PerSource);

        const int Packets = 20;
        var allocated = 0L;
        for (var i = 0; i < Packets; i++)
            allocated += Hear(i % sources, Addresses(Host, 100 + i, addresses));

        // Half a kilobyte for each record that it has, and for each device that it moves.
        Assert.InRange(allocated / Packets, 0, 512 * (addresses + (sources * RecordCache.PerHost)) + (64 << 10));
    }

    [Fact]
    public void Of_one_source_few_devices_are_at_one_host_and_so_few_move_with_its_address()
    {
        Listen();
        for (var i = 0; i < 80; i++)
            Hear(0, [.. Device($"a {i}", Host, i)]);
        Hear(0, Addresses(Host, 1, 1));

        var effects = _ann.Handle(Packet(0, Addresses(Host, 2, 1)), _now);

        Assert.Equal(RecordCache.PerHost, effects.OfType<MdnsEffect.Sighted>().Count());
    }

    [Fact]
    public void Of_one_instance_few_places_are_kept_and_the_newest_of_them_holds()
    {
        Listen();
        Hear(0, [.. Device("a", Host, 1)]);
        Hear(0, Addresses(Host, 1, 1));
        var before = _ann.CachedRecords;
        var instance = Instance("a");

        for (ushort i = 1; i <= 100; i++)
            Hear(i, [new DnsRecord(instance, new DnsData.Service(0, 0, i, Host), 120), new DnsRecord(instance, Some.Options(2, port: i).Announcement.ToText(), 120)]);
        var effects = _ann.Handle(Packet(0, [new DnsRecord(instance, new DnsData.Service(0, 0, 777, Host), 120)]), _now += s_step);

        Assert.InRange(_ann.CachedRecords, before, before + 6);
        Assert.Equal(777, effects.OfType<MdnsEffect.Sighted>().Last().Place.Port);
    }

    [Fact]
    public void The_newest_addresses_of_a_host_take_the_place_of_the_oldest()
    {
        Listen();
        Hear(0, [.. Device("a", Host, 1)]);
        Hear(0, Addresses(Host, 1, PeerAddresses.PerPlace));

        var effects = _ann.Handle(Packet(0, Addresses(Host, 2, PeerAddresses.PerPlace)), _now += s_step);

        Assert.All(effects.OfType<MdnsEffect.Sighted>().Last().Place.Addresses, a => Assert.StartsWith("10.2.", a.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void However_many_records_end_at_times_of_their_own_they_are_looked_through_fifty_times_a_second_at_most()
    {
        Listen();
        // Of another account, whom nobody asks for again.
        var text = Some.Options(2, account: Some.OtherAccount).Announcement.ToText();
        for (var i = 0; i < 2000; i++)
            _ann.Handle(Packet(i % 16, [new DnsRecord(Instance($"ghost {i}"), text, 1)]), _now += TimeSpan.FromMilliseconds(0.4));
        Assert.Equal(2000, _ann.CachedRecords);

        var (end, wakes) = (_now + TimeSpan.FromSeconds(2), 0);
        for (; _ann.NextTimeout is { } next && next <= end; wakes++)
            _ann.Handle(new MdnsInput.TimeoutReached(), _now = next);

        Assert.InRange(wakes, 10, 150);
        Assert.Equal(0, _ann.CachedRecords);
    }

    [Fact]
    public void Who_comes_and_goes_has_nobody_else_looked_at()
    {
        var resolves = new Resolves(new Some.Random(1));
        DnsName[] instances = [.. Enumerable.Range(0, RecordCache.Total).Select(i => Instance($"ghost {i}"))];
        foreach (var instance in instances)
            resolves.Note(instance, isMissing: true, _now);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            resolves.Note(instances[i], isMissing: false, _now);
            resolves.Note(instances[i], isMissing: true, _now);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 0, 200);
        Assert.NotEmpty(resolves.TakeDue(_now + s_step, 16));
    }

    [Fact]
    public void A_long_packet_counts_as_several()
    {
        Listen();
        var query = Enumerable.Range(0, 500).Select(i => new DnsRecord(Host, new DnsData.Address(IPAddress.Parse("10.0.0.1")), 120));
        for (var i = 0; i < 20; i++)
            _ann.Handle(Packet(0, [.. query]), _now);

        _ann.Handle(Packet(0, [.. Device("a", Host, 1)]), _now);
        Assert.Equal(0, _ann.CachedRecords);
        _ann.Handle(Packet(1, [.. Device("a", Host, 1)]), _now);
        Assert.Equal(3, _ann.CachedRecords);
        Hear(0, [.. Device("b", Host, 1)]);
        Hear(0, [.. Device("b", Host, 1)]);
        Assert.Equal(6, _ann.CachedRecords);
    }

    [Fact]
    public void A_packet_that_moves_many_devices_counts_as_many()
    {
        const int Hosts = 16;
        Listen();
        DnsName[] hosts = [.. Enumerable.Range(0, Hosts).Select(h => DnsName.Of($"host {h}", "local"))];
        for (var source = 0; source < 16; source++)
        {
            for (var h = 0; h < Hosts; h++)
                Hear(source, [.. Enumerable.Range(0, RecordCache.PerHost).SelectMany(i => Device($"{source} {h} {i}", hosts[h], (source << 6) + (h << 2) + i))], s_step / 10);
        }
        Hear(0, [.. hosts.SelectMany(h => Addresses(h, 0, 1))]);

        var moved = 0;
        for (var i = 1; i <= 20; i++)
            moved += _ann.Handle(Packet(1, [.. hosts.SelectMany(h => Addresses(h, i, 1))]), _now).OfType<MdnsEffect.Sighted>().Count();

        // All of them once: then that source is read no more for seconds.
        Assert.Equal(16 * Hosts * RecordCache.PerHost, moved);
    }

    private void Listen()
    {
        _ann.Handle(new MdnsInput.InterfacesChanged([Some.Network(1)]), _now);
        for (var end = _now + (60 * s_step); _ann.NextTimeout is { } next && next < end;)
            _ann.Handle(new MdnsInput.TimeoutReached(), _now = next);
    }

    /// <returns>bytes that it took</returns>
    private long Hear(int source, ImmutableArray<DnsRecord> records, TimeSpan? after = null)
    {
        var packet = Packet(source, records);
        _now += after ?? s_step;
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ann.Handle(packet, _now);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // Read already: reading costs the same, whatever the tables hold.
    private static MdnsInput.PacketReceived Packet(int source, ImmutableArray<DnsRecord> records)
    {
        var packet = new MdnsPacket(Some.Mdns(new IPAddress([10, 0, 3, (byte)source])), new DnsMessage { IsResponse = true, Answers = records }.Encode());
        Assert.NotNull(packet.Message);
        return new MdnsInput.PacketReceived(2, packet);
    }

    private static IEnumerable<DnsRecord> Device(string name, DnsName host, int port, AccountHash? account = null) =>
    [
        new(Service, new DnsData.Pointer(Instance(name)), 120),
        new(Instance(name), new DnsData.Service(0, 0, (ushort)(1000 + port), host), 120, true),
        new(Instance(name), Some.Options(100 + port, account: account).Announcement.ToText(), 120, true),
    ];

    private static DnsName Instance(string name) => DnsName.Of(name, "_openshare", "_tcp", "local");

    private static ImmutableArray<DnsRecord> Addresses(DnsName host, int set, int count) =>
        [.. Enumerable.Range(1, count).Select(i => new DnsRecord(host, new DnsData.Address(new IPAddress([10, (byte)set, (byte)(i >> 8), (byte)i])), 120, true))];
}
