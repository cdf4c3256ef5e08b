using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.EndToEnd.Tests.Discovery;

/// <summary>Two devices on a network of their own that lets some things through and others not.</summary>
[Collection(Networks.Name)]
public sealed class FallbackTests(SharedServer shared) : IDisposable
{
    private const string NoMulticast = "ether daddr & ff:ff:ff:00:00:00 == 01:00:5e:00:00:00 drop";
    private const string NoMulticastV6 = "ether daddr & ff:ff:00:00:00:00 == 33:33:00:00:00:00 drop";
    private const string Nothing = "meta pkttype {broadcast, multicast} ether type != arp drop";

    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder _folder = new();
    private Lan? _lan;

    private TestDevice Alice => field ??= new TestDevice(_folder.Path, "alice");

    private TestDevice Bob => field ??= new TestDevice(_folder.Path, "bob");

    [SkippableFact]
    public async Task Where_multicast_is_blocked_they_find_each_other_by_broadcast_and_send()
    {
        var lan = await MadeAsync();
        await lan.FilterAsync(NoMulticast);
        await lan.FilterAsync(NoMulticastV6);

        await BothStartAsync();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Alice.SeesAsync(Bob), Bob.SeesAsync(Alice));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        var bob = await Alice.FindsAsync(Bob, "broadcast");
        Assert.InRange(bob.GetProperty("latency_ms").GetInt64(), 0, 10_000);
        // An interface that gets another address of its own meanwhile is searched anew.
        await Eventually.TrueAsync("alice says what each way came to", Patience.Short, async () => (await Alice.StatusAsync())
            .GetProperty("discovery").EnumerateArray().Select(r => r.Text("state")).SequenceEqual(["nobody", "found", "resting"]));
        (await Alice.SendAsync(Bob, Samples.MakeFile(_folder["photo"], Samples.MiB))).EndedWith(0);
    }

    [SkippableFact]
    public async Task Where_both_are_blocked_a_known_device_is_found_at_its_last_address()
    {
        var lan = await MadeAsync();
        Alice.Environment["OPENSHARE__LOGLEVEL"] = "information";
        await BothStartAsync();
        // Seen is not known: that it is once it has proven itself.
        await Eventually.TrueAsync($"alice knows bob: {Alice.Agent}", Patience.Short, () => Task.FromResult(Alice.Agent.Errors.Contains("is known from now on", StringComparison.Ordinal)));
        await Alice.SeesAsync(Bob);
        await StopAsync(Alice);
        await lan.FilterAsync(Nothing);

        await Alice.StartAgentAsync();
        await Alice.SeesAsync(Bob);

        Assert.Equal("last_known", (await Alice.PeerAsync(Bob))!.Value.Text("found_by"));
        (await Alice.SendAsync(Bob, Samples.MakeFile(_folder["photo"], Samples.MiB))).EndedWith(0);
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Where_both_are_blocked_and_nobody_is_known_what_was_tried_is_said_and_a_typed_address_works()
    {
        var lan = await MadeAsync();
        await lan.FilterAsync(Nothing);
        await BothStartAsync();
        await Eventually.TrueAsync("alice has tried all ways", Patience.Short, async () =>
            (await Alice.StatusAsync()).GetProperty("discovery").EnumerateArray().Count(r => r.Text("state") == "nobody") >= 2);

        var peers = (await Alice.RunAsync("peers")).EndedWith(0);

        Assert.Contains("multicast on eth0: no answer; broadcast on eth0: no answer", peers.Errors, StringComparison.Ordinal);
        Assert.Contains($"this device is at 10.77.0.1:{Alice.Port})", peers.Errors, StringComparison.Ordinal);
        await PairingIsOfferedAsync(Alice, true);
        Assert.Contains("openshare pair invite CODE", (await Alice.RunAsync("peers")).EndedWith(0).Errors, StringComparison.Ordinal);
        Assert.Contains("openshare pair invite CODE", (await Alice.RunAsync("status")).EndedWith(0).Output, StringComparison.Ordinal);
        var finding = (await Alice.RunAsync("doctor", "--json")).Json.GetProperty("findings").EnumerateArray().Single(f => f.Text("code") == "pairing_offered");
        Assert.Equal("openshare pair invite CODE", finding.Text("command"));
        (await Alice.RunAsync("send", Samples.MakeFile(_folder["photo"], Samples.MiB), "--to", $"10.77.0.2:{Bob.Port}")).EndedWith(0);
        Assert.Equal("typed", (await Alice.PeerAsync(Bob))!.Value.Text("found_by"));
        // Somebody is there: that is offered no longer.
        await PairingIsOfferedAsync(Alice, false);
        // Who was found finds who found it.
        await Bob.SeesAsync(Alice);
        Assert.Equal("last_known", (await Bob.PeerAsync(Alice))!.Value.Text("found_by"));
        (await Bob.SendAsync(Alice, Samples.MakeFile(_folder["reply"], Samples.MiB))).EndedWith(0);
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Cables_that_are_pulled_and_put_back_bring_each_back_to_the_other_within_five_seconds()
    {
        var lan = await MadeAsync();
        await BothStartAsync();
        await Task.WhenAll(Alice.SeesAsync(Bob), Bob.SeesAsync(Alice));

        await lan.ConnectAsync("alice", false);
        await lan.ConnectAsync("bob", false);
        await Task.WhenAll(LosesAsync(Alice, Bob), LosesAsync(Bob, Alice));
        await lan.ConnectAsync("alice", true);
        var watch = Stopwatch.StartNew();
        await lan.ConnectAsync("bob", true);

        await Task.WhenAll(Alice.SeesAsync(Bob), Bob.SeesAsync(Alice));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, AtOnce);
        Assert.InRange((await Bob.PeerAsync(Alice))!.Value.GetProperty("latency_ms").GetInt64(), 0, 5_000);
        (await Alice.SendAsync(Bob, Samples.MakeFile(_folder["photo"], Samples.MiB))).EndedWith(0);
    }

    [SkippableFact]
    public async Task A_device_whose_address_changes_is_found_at_the_new_one_within_five_seconds_and_sees_the_other_from_there()
    {
        var lan = await MadeAsync();
        await BothStartAsync();
        await Alice.SeesAsync(Bob);

        await lan.HostAsync("bob", "ip", "address", "delete", "10.77.0.2/24", "dev", "eth0");
        var watch = Stopwatch.StartNew();
        await lan.HostAsync("bob", "ip", "address", "add", "10.77.0.22/24", "dev", "eth0");

        await Task.WhenAll(IsAtAsync(Alice, Bob, "10.77.0.22"), IsAtAsync(Bob, Alice, "10.77.0.1"));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, AtOnce);
        (await Alice.SendAsync(Bob, Samples.MakeFile(_folder["photo"], Samples.MiB))).EndedWith(0);
        (await Bob.SendAsync(Alice, Samples.MakeFile(_folder["other"], Samples.MiB))).EndedWith(0);
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task A_copied_key_is_refused_with_a_warning_on_both_sides_until_it_is_resolved()
    {
        var lan = await MadeAsync();
        await BothStartAsync();
        await Alice.CallsAsync(Bob, "certified");
        using var copy = new TestDevice(_folder.Path, "copy") { AgentWithin = lan.Within("copy") };
        Copy(Bob.Home, copy.Home);

        await copy.StartAgentAsync();
        await Alice.CallsAsync(Bob, "duplicate");

        Assert.Contains("peers resolve", await WarningAsync(Alice, "at once"), StringComparison.Ordinal);
        await WarningAsync(Bob, "at once");
        (await Alice.SendAsync(Bob, Samples.MakeFile(_folder["photo"], Samples.MiB))).EndedWith(5);
        Assert.Contains("still in use at 2 places", (await Alice.RunAsync("peers", "resolve", "bob")).EndedWith(5).Errors, StringComparison.Ordinal);

        await StopAsync(copy);
        await Eventually.TrueAsync("alice takes bob back", Patience.Short, async () => (await Alice.RunAsync("peers", "resolve", "bob")).Code == 0);
        await Alice.CallsAsync(Bob, "certified");
    }

    [SkippableFact]
    public async Task Whoever_announces_a_device_without_its_key_is_ignored_with_a_warning()
    {
        var lan = await MadeAsync();
        await BothStartAsync();
        await Alice.CallsAsync(Bob, "certified");
        using var forger = lan.In("copy", () => new UdpClient(new IPEndPoint(IPAddress.Any, MdnsMachine.Port)));
        forger.Client.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Parse("10.77.0.3").GetAddressBytes());
        forger.JoinMulticastGroup(IPAddress.Parse("224.0.0.251"), IPAddress.Parse("10.77.0.3"));
        var account = await HeardAsync(forger);

        var forged = Announcements.Of("mallory", account, 6666, IPAddress.Parse("10.77.0.3"));
        await forger.SendAsync(forged, new IPEndPoint(IPAddress.Parse("224.0.0.251"), MdnsMachine.Port));

        Assert.Contains("10.77.0.3:6666", await WarningAsync(Alice, "could not prove it"), StringComparison.Ordinal);
        (await Alice.SendAsync(Bob, Samples.MakeFile(_folder["photo"], Samples.MiB))).EndedWith(0);
    }

    public void Dispose()
    {
        Alice.Dispose();
        Bob.Dispose();
        _lan?.Dispose();
        _folder.Dispose();
    }

    private async Task<Lan> MadeAsync()
    {
        var lan = _lan = await Lan.CreateAsync();
        await lan.AddHostAsync("alice", "10.77.0.1");
        await lan.AddHostAsync("bob", "10.77.0.2");
        await lan.AddHostAsync("copy", "10.77.0.3");
        (Alice.AgentWithin, Bob.AgentWithin) = (lan.Within("alice"), lan.Within("bob"));
        var account = $"account-{Guid.NewGuid():N}"[..20];
        await Alice.RegisterAsync(shared.Server, account);
        await Bob.RegisterAsync(shared.Server, account);
        return lan;
    }

    private static Task PairingIsOfferedAsync(TestDevice device, bool isOffered) => Eventually.TrueAsync(
        $"pairing is {(isOffered ? "" : "not ")}offered", Patience.Short, async () => (await device.StatusAsync()).GetProperty("pairing_offered").GetBoolean() == isOffered);

    private Task BothStartAsync() => Task.WhenAll(Alice.StartAgentAsync(), Bob.StartAgentAsync());

    private static Task LosesAsync(TestDevice device, TestDevice other) => Eventually.TrueAsync(
        $"{device.Name} no longer sees {other.Name}: {device.Agent}", Patience.Short, async () => await device.PeerAsync(other) is not { } peer || peer.IsNull("address"));

    private static Task IsAtAsync(TestDevice device, TestDevice other, string address) => Eventually.TrueAsync(
        $"{device.Name} finds {other.Name} at {address}: {device.Agent}", Patience.Short, async () => (await device.PeerAsync(other))?.Text("address") == $"{address}:{other.Port}");

    private static async Task StopAsync(TestDevice device) => (await device.Agent.TerminateAsync(Patience.Short)).EndedWith(0);

    private static Task<string> WarningAsync(TestDevice device, string words) => Eventually.GetAsync($"{device.Name} warns: {words}", Patience.Short, async () =>
        (await device.StatusAsync()).GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!).FirstOrDefault(w => w.Contains(words, StringComparison.Ordinal)));

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.EnumerateFiles(from).Where(f => !f.EndsWith(".sock", StringComparison.Ordinal) && !f.EndsWith("lock", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    // What every listener learns of bob.
    private async Task<DnsData.Text> HeardAsync(UdpClient listener)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        while (true)
        {
            var packet = await listener.ReceiveAsync(patience.Token);
            foreach (var answer in DnsMessage.Decode(packet.Buffer).Answers)
            {
                if (answer.Data is DnsData.Text text && ServiceAnnouncement.TryRead(text)?.DeviceId.ToString() == Bob.Id)
                    return text;
            }
        }
    }
}
