using System.Globalization;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Discovery.Udp;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Discovery;

/// <summary>Our discovery and Avahi's, on real sockets across a real link.</summary>
public sealed class AvahiTests(AvahiHost avahi) : DiscoverySpecs, IClassFixture<AvahiHost>
{
    private const string Service = "_openshare._tcp";

    [SkippableFact]
    public async Task Avahi_finds_a_device_over_IPv4_and_IPv6_with_its_name_place_and_text()
    {
        await avahi.NeedAsync();
        var device = StartHere("Büro; PC");

        var found = await avahi.BrowseUntilAsync(Service, lines => Of(device, lines).Select(l => l[2]).Distinct().Count() == 2);

        Assert.Equal(["IPv4", "IPv6"], Of(device, found).Select(l => l[2]).Order());
        Assert.All(Of(device, found), line =>
        {
            Assert.Equal(@"B\195\188ro\059\032PC", line[3]);
            Assert.Equal((Service, "local", "4000"), (line[4], line[5], line[8]));
            Assert.Equal(
                [$"acct_hash={Account}", $"dev_id={device.Options.DeviceId}", "port=4000", $"short_fp={device.Options.ShortFingerprint}", "v=1"],
                line[9].Split(' ').Select(t => t.Trim('"')).Order(StringComparer.Ordinal));
            Assert.Contains(line[7], Near);
        });
    }

    [SkippableFact]
    public async Task Avahi_hears_the_goodbye_of_a_device_that_stops()
    {
        await avahi.NeedAsync();
        var device = StartHere("leaves soon");
        await avahi.BrowseUntilAsync(Service, lines => Of(device, lines).Any());

        device.Actor.Tell(DiscoveryCommands.Stop.Instance, ActorRefs.NoSender);

        await avahi.BrowseUntilAsync(Service, lines => !Of(device, lines).Any());
    }

    [SkippableFact]
    public async Task A_device_that_Avahi_announces_is_sighted_at_its_IPv4_and_IPv6_addresses_until_it_is_gone()
    {
        await avahi.NeedAsync();
        var id = DeviceId.FromBytes(new SystemRandom().Bytes(16));
        var device = StartHere("looks");
        var publish = await PublishAsync("Ben's phone", id);

        var sighting = device.Sights(s => s.DeviceId == id && s.Place.Addresses.Length > 1);

        Assert.Equal(("Ben's phone", "0123456789abcdef", 4711), (sighting.AnnouncedName, sighting.ShortFingerprint, sighting.Place.Port));
        Assert.Equal("avahi-host.local", sighting.Place.Host.TrimEnd('.'));
        Assert.Contains(IPAddress.Parse(AvahiHost.FarAddress), sighting.Place.Addresses);
        Assert.Contains(IPAddress.Parse(AvahiHost.FarAddressV6), sighting.Place.Addresses);

        publish.Kill();
        device.Events.FishForMessage<DiscoveryEvents.PeerLost>(l => l.DeviceId == id, Deadline);
    }

    [SkippableFact]
    public async Task What_Avahi_announced_before_is_found_by_asking()
    {
        await avahi.NeedAsync();
        var id = DeviceId.FromBytes(new SystemRandom().Bytes(16));
        await PublishAsync("was there first", id);

        StartHere("comes later").Sights(s => s.DeviceId == id);
    }

    [SkippableFact]
    public async Task A_name_that_Avahi_has_already_is_not_taken_from_it()
    {
        await avahi.NeedAsync();
        await PublishAsync("one of a kind", DeviceId.FromBytes(new SystemRandom().Bytes(16)));

        var device = StartHere("one of a kind");

        var renamed = device.Events.FishForMessage<DiscoveryEvents.DeviceRenamed>(_ => true, Deadline).AnnouncedName;
        Assert.NotEqual("one of a kind", renamed);
        var found = await avahi.BrowseUntilAsync(Service, lines => Of(device, lines).Any());
        Assert.All(Of(device, found), line => Assert.Equal(renamed.Replace(" ", @"\032", StringComparison.Ordinal).Replace("(", @"\040", StringComparison.Ordinal).Replace(")", @"\041", StringComparison.Ordinal), line[3]));
    }

    // Only our own end of that network: the test is no business of the machine's others.
    private Device StartHere(string name) =>
        Start(() => new UdpDiscoveryPort(), name, [avahi.Interface], DeviceId.FromBytes(new SystemRandom().Bytes(16)));

    private IEnumerable<string> Near => [.. System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
        .Single(i => i.Name == avahi.Interface).GetIPProperties().UnicastAddresses.Select(a => new IPAddress(a.Address.GetAddressBytes()).ToString())];

    private static IEnumerable<string[]> Of(Device device, List<string[]> lines) =>
        lines.Where(l => l[9].Contains($"dev_id={device.Options.DeviceId}", StringComparison.Ordinal));

    private Task<System.Diagnostics.Process> PublishAsync(string name, DeviceId id, int port = 4711) => avahi.PublishAsync(
        name, Service, port, "v=1", $"acct_hash={Account}", $"dev_id={id}", "short_fp=0123456789abcdef", string.Create(CultureInfo.InvariantCulture, $"port={port}"));
}
