using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Identity;

namespace OpenShare.EndToEnd.Tests.Discovery;

/// <summary>Avahi on the host of the device itself, both on port 5353, and on another host as well.</summary>
[Collection(Networks.Name)]
public sealed class AvahiBesideTests(SharedServer shared) : IDisposable
{
    private const string Service = "_openshare._tcp";
    private const string NoMulticast = "ether daddr & ff:ff:ff:00:00:00 == 01:00:5e:00:00:00 drop";
    private const string NoMulticastV6 = "ether daddr & ff:ff:00:00:00:00 == 33:33:00:00:00:00 drop";

    private readonly TemporaryFolder _folder = new();
    private Lan? _lan;
    private AvahiDaemon? _near;
    private AvahiDaemon? _far;

    private TestDevice Alice => field ??= new TestDevice(_folder.Path, "alice");

    private TestDevice Bob => field ??= new TestDevice(_folder.Path, "bob");

    [SkippableFact]
    public async Task Avahi_here_and_Avahi_there_find_the_device_over_IPv4_and_IPv6_until_it_says_goodbye()
    {
        await MadeAsync();
        await Alice.StartAgentAsync();

        foreach (var avahi in (AvahiDaemon[])[_near!, _far!])
        {
            var found = await avahi.BrowseUntilAsync(Service, lines => new[] { "IPv4", "IPv6" }.All(family => Of(Alice.Id, lines).Any(l => l[2] == family && l[1] == "eth0")));
            Assert.All(Of(Alice.Id, found), l => Assert.Equal(("alice", $"{Alice.Port}"), (l[3], l[8])));
            Assert.Contains(Of(Alice.Id, found), l => l[7] == "10.77.0.1");
        }

        (await Alice.Agent.TerminateAsync(Patience.Short)).EndedWith(0);
        await _near!.BrowseUntilAsync(Service, lines => !Of(Alice.Id, lines).Any());
        await _far!.BrowseUntilAsync(Service, lines => !Of(Alice.Id, lines).Any());
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task What_Avahi_announces_here_and_there_is_sighted_until_it_is_gone()
    {
        await MadeAsync();
        await Alice.StartAgentAsync();
        var own = Of(Alice.Id, await _near!.BrowseUntilAsync(Service, lines => Of(Alice.Id, lines).Any())).First()[9];
        var account = own.Split(' ').Select(t => t.Trim('"')).Single(t => t.StartsWith("acct_hash=", StringComparison.Ordinal));

        var (here, there) = (new string('a', 2 * DeviceId.Size), new string('b', 2 * DeviceId.Size));
        var publish = await Task.WhenAll(PublishAsync(_near!, "Ann's phone", here), PublishAsync(_far!, "Ben's phone", there));

        // What is on the same host is there at loopback first.
        await AddressIsAsync(here, address => address is "127.0.0.1:4711");
        await AddressIsAsync(there, address => address is "10.77.0.2:4711");

        foreach (var each in publish)
            await each.KillAsync();
        await AddressIsAsync(here, address => address is null);
        await AddressIsAsync(there, address => address is null);

        Task<RunningProcess> PublishAsync(AvahiDaemon avahi, string name, string id) =>
            avahi.PublishAsync(name, Service, 4711, "v=1", account, $"dev_id={id}", "short_fp=0123456789abcdef", "port=4711");
    }

    [SkippableTheory]
    [InlineData(NoMulticastV6)]
    [InlineData(NoMulticast)]
    public async Task Two_devices_with_Avahi_beside_each_find_each_other_in_either_family(string filter)
    {
        var lan = await MadeAsync();
        await lan.FilterAsync(filter);

        await Task.WhenAll(Alice.StartAgentAsync(), Bob.StartAgentAsync());
        await Alice.SeesAsync(Bob);
        await Bob.SeesAsync(Alice);

        Assert.Equal("mdns", (await Alice.PeerAsync(Bob))!.Value.Text("found_by"));
        Assert.Equal("mdns", (await Bob.PeerAsync(Alice))!.Value.Text("found_by"));
    }

    public void Dispose()
    {
        Alice.Dispose();
        Bob.Dispose();
        _near?.Dispose();
        _far?.Dispose();
        _lan?.Dispose();
        _folder.Dispose();
    }

    private static IEnumerable<string[]> Of(string id, List<string[]> lines) => lines.Where(l => l[9].Contains($"dev_id={id}", StringComparison.Ordinal));

    private Task AddressIsAsync(string id, Func<string?, bool> holds) => Eventually.TrueAsync(
        $"the address of {id} is as expected: {Alice.Agent}", Patience.Short, async () => holds(
            (await Alice.RunAsync("peers", "--json")).EndedWith(0).Json.EnumerateArray().Where(p => p.Text("device_id") == id).Select(p => p.Text("address")).SingleOrDefault()));

    private async Task<Lan> MadeAsync()
    {
        var lan = _lan = await Lan.CreateAsync();
        await lan.AddHostAsync("alice", "10.77.0.1");
        await lan.AddHostAsync("bob", "10.77.0.2");
        (Alice.AgentWithin, Bob.AgentWithin) = (lan.Within("alice"), lan.Within("bob"));
        (_near, _far) = (await AvahiDaemon.StartAsync(lan, "alice"), await AvahiDaemon.StartAsync(lan, "bob"));
        var account = $"account-{Guid.NewGuid():N}"[..20];
        await Task.WhenAll(Alice.RegisterAsync(shared.Server, account), Bob.RegisterAsync(shared.Server, account));
        return lan;
    }
}
