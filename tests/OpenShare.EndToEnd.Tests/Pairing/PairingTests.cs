using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Pairing;

/// <summary>A new device and a registered one on a network of their own, with no server, and nothing that is announced gets through.</summary>
[Collection(Networks.Name)]
public sealed class PairingTests(SharedServer shared) : IDisposable
{
    private const string Nothing = "meta pkttype {broadcast, multicast} ether type != arp drop";

    private readonly TemporaryFolder _folder = new();
    private Lan? _lan;

    private TestDevice Alice => field ??= new TestDevice(_folder.Path, "alice") { Listen = "[::]" };

    private TestDevice Tablet => field ??= new TestDevice(_folder.Path, "tablet") { Listen = "[::]" };

    [SkippableFact]
    public async Task A_new_device_is_paired_by_two_codes_and_files_go_both_ways()
    {
        await (await MadeAsync()).FilterAsync(Nothing);
        await BothStartAsync();

        var code = (await Tablet.RunAsync("pair", "show", "--json")).EndedWith(0).Json;
        var invitation = (await Alice.RunAsync("pair", "invite", code.Text("code")!, "--json")).EndedWith(0).Json;
        var token = invitation.Text("token")!;
        // Nobody vouches for alice: not a script, not --yes, and not a fingerprint that is another's.
        Assert.Contains("Compare its fingerprint", (await Tablet.RunAsync("pair", "join", token, "--yes")).EndedWith(5).Errors, StringComparison.Ordinal);
        Assert.Contains("may be somebody else's", (await Tablet.RunAsync("pair", "join", token, "--fingerprint", new string('0', 32))).EndedWith(5).Errors, StringComparison.Ordinal);

        var joined = (await Tablet.RunAsync("pair", "join", token, "--fingerprint", invitation.Text("sponsor_fingerprint")!, "--name", "tablet", "--json")).EndedWith(0).Json;
        Assert.Equal(("provisional", Alice.Id, "alice"), (joined.Text("trust"), joined.Text("sponsor"), joined.Text("sponsor_name")));
        await Alice.CallsAsync(Tablet, "provisional");
        await Tablet.CallsAsync(Alice, "certified");
        var status = await Tablet.StatusAsync();
        Assert.Equal("provisional", status.Text("trust"));
        Assert.Contains(status.GetProperty("warnings").EnumerateArray(), w => w.GetString()!.Contains("was paired by alice and is not registered", StringComparison.Ordinal));

        var examined = (await Tablet.RunAsync("doctor", "--json")).Json.GetProperty("findings").EnumerateArray();
        Assert.Contains("paired by alice", examined.Single(f => f.Text("code") == "provisional").Text("what"), StringComparison.Ordinal);

        await SendAsync(Alice, Tablet, "to-tablet");
        await SendAsync(Tablet, Alice, "to-alice");

        Assert.Contains("used already", (await Tablet.RunAsync("pair", "join", token)).EndedWith(7).Errors, StringComparison.Ordinal);
        Assert.Contains("only a registered device may pair another", (await Tablet.RunAsync("pair", "invite", code.Text("code")!)).EndedWith(5).Errors, StringComparison.Ordinal);
        (await Alice.RunAsync("pair", "withdraw", "tablet")).EndedWith(0);
        await Alice.CallsAsync(Tablet, "revoked");
        (await Tablet.SendAsync(Alice, Samples.MakeFile(_folder["late"], Samples.MiB))).EndedWith(5);
    }

    [SkippableFact]
    public async Task Every_QR_that_is_shown_is_read_by_zbarimg_and_pairs_as_a_picture()
    {
        Zbar.SkipUnlessHere();
        await (await MadeAsync()).FilterAsync(Nothing);
        await BothStartAsync();

        var code = (await Tablet.RunAsync("pair", "show", "--json")).EndedWith(0).Json;
        Assert.Equal(code.Text("code")!, await Zbar.ReadAsync(code.Text("qr")!));
        var shown = (await Tablet.RunAsync("pair", "show")).EndedWith(0);
        Assert.Equal(code.Text("code")!, await Zbar.ReadAsync(Zbar.Rasterise(shown.Output.Split('\n'), _folder["show.pgm"])));

        var picture = _folder["invitation.png"];
        var invited = (await Alice.RunAsync("pair", "invite", code.Text("qr")!, "--png", picture)).EndedWith(0);
        var token = await Zbar.ReadAsync(picture);
        Assert.StartsWith("osp1_", token, StringComparison.Ordinal);
        Assert.Equal(token, await Zbar.ReadAsync(Zbar.Rasterise(invited.Output.Split('\n'), _folder["invite.pgm"])));

        var fingerprint = invited.Output.Split('\n').Single(l => l.Contains("--fingerprint ", StringComparison.Ordinal))[^32..];
        (await Tablet.RunAsync("pair", "join", picture, "--fingerprint", fingerprint)).EndedWith(0);
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Two_that_have_no_address_but_link_local_ones_are_paired_with_a_token_in_a_file()
    {
        var lan = await MadeAsync();
        // What IPv6 needs of multicast stays: how a neighbour is found.
        await lan.FilterAsync("udp dport 5353 drop");
        await lan.FilterAsync("meta pkttype broadcast drop");
        foreach (var (host, address) in new[] { ("alice", "10.77.0.1/24"), ("tablet", "10.77.0.2/24") })
            await lan.HostAsync(host, "ip", "address", "delete", address, "dev", "eth0");
        await BothStartAsync();

        var code = (await Tablet.RunAsync("pair", "show", "--json")).EndedWith(0).Json;
        var invitation = (await Alice.RunAsync("pair", "invite", code.Text("code")!, "--json")).EndedWith(0).Json;
        var file = _folder["token.txt"];
        await File.WriteAllTextAsync(file, string.Join("\n", invitation.Text("token")!.Chunk(60).Select(line => new string(line))) + "\n");

        (await Tablet.RunAsync("pair", "join", file, "--fingerprint", invitation.Text("sponsor_fingerprint")!)).EndedWith(0);
        await Tablet.CallsAsync(Alice, "certified");
        await SendAsync(Tablet, Alice, "to-alice");
    }

    [SkippableFact]
    public async Task The_revocation_of_the_sponsor_ends_what_it_gave()
    {
        var lan = await MadeAsync();
        using var bob = new TestDevice(_folder.Path, "bob");
        await bob.RegisterAsync(shared.Server, _account);
        await lan.AddHostAsync("bob", "10.77.0.3");
        await BothStartAsync();
        await PairAsync();

        await shared.Server.RevokeAsync(Alice.Id);
        (await bob.RunAsync("revocation", "refresh")).EndedWith(0);
        bob.AgentWithin = lan.Within("bob");
        await bob.StartAgentAsync();

        await bob.SeesAsync(Tablet);
        Assert.Contains("alice, which was revoked", (await bob.SendAsync(Tablet, Samples.MakeFile(_folder["late"], Samples.MiB))).EndedWith(5).Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task A_paired_device_that_reaches_the_server_later_is_registered_on_its_sponsors_word_and_what_it_sends_goes_on()
    {
        var lan = _lan = await Lan.CreateAsync();
        foreach (var (host, number) in new[] { ("alice", 1), ("tablet", 2), ("server", 9) })
            await lan.AddHostAsync(host, $"10.77.0.{number}");
        using var server = await Server.StartAsync(address: "10.77.0.9", within: lan.Within("server"));
        (Alice.AgentWithin, Tablet.AgentWithin, Alice.CommandWithin) = (lan.Within("alice"), lan.Within("tablet"), lan.Within("alice"));
        await Alice.RegisterAsync(server, _account);
        await lan.ConnectAsync("server", false);
        await BothStartAsync();
        await PairAsync();
        await Alice.CallsAsync(Tablet, "provisional");
        Assert.Equal("provisional", (await Tablet.StatusAsync()).GetProperty("registration").Text("state"));

        var file = Samples.MakeFile(_folder["under-way"], 96 * Samples.MiB);
        (await Tablet.RunAsync("send", file, "--to", Alice.Id, "--limit", "4M", "--detach")).EndedWith(0);
        await lan.ConnectAsync("server", true);
        await Eventually.TrueAsync($"the tablet is certified: {Tablet.Agent}", Patience.Long, async () => (await Tablet.StatusAsync()).Text("trust") == "certified");
        Assert.Equal("certified", (await Tablet.StatusAsync()).GetProperty("registration").Text("state"));
        Assert.NotEqual("completed", (await Tablet.NewestTransferAsync())!.Value.Text("state"));
        await Tablet.EndOfNewestAsync("completed");
        Samples.AssertSame(file, Alice.Received("under-way"));

        // Whoever meets it from now on.
        (await Tablet.Agent.TerminateAsync(Patience.Short)).EndedWith(0);
        await Tablet.StartAgentAsync();
        await Alice.CallsAsync(Tablet, "certified");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Where_the_service_asks_a_paired_device_waits_for_an_administrators_yes_and_one_that_was_turned_away_is_told_why()
    {
        var lan = _lan = await Lan.CreateAsync();
        foreach (var (host, number) in new[] { ("alice", 1), ("tablet", 2), ("server", 9) })
            await lan.AddHostAsync(host, $"10.77.0.{number}");
        using var server = await Server.StartAsync(["--promote", "ask"], address: "10.77.0.9", within: lan.Within("server"));
        (Alice.AgentWithin, Tablet.AgentWithin, Alice.CommandWithin) = (lan.Within("alice"), lan.Within("tablet"), lan.Within("alice"));
        await Alice.RegisterAsync(server, _account);
        await BothStartAsync();
        await PairAsync();

        await AwaitsYesAsync();
        Assert.Contains("an administrator of https://10.77.0.9", (await Tablet.RunAsync("status")).EndedWith(0).Output, StringComparison.Ordinal);
        var waiting = (await server.RunAsync("device", "waiting", "--account", _account, "--json")).EndedWith(0).Json.GetProperty("promotions").EnumerateArray().Single();
        Assert.Equal((Tablet.Id, Alice.Id, "waiting"), (waiting.Text("device_id"), waiting.Text("sponsor"), waiting.Text("state")));
        (await server.RunAsync("device", "turn-away", Tablet.Id, "--reason", "nobody knows it")).EndedWith(0);
        await Eventually.TrueAsync($"the tablet is turned away: {Tablet.Agent}", Patience.Long, async () =>
            (await Tablet.StatusAsync()).GetProperty("registration") is var registration && registration.Text("state") == "refused"
            && registration.Text("problem")!.Contains("turned away by an administrator (nobody knows it)", StringComparison.Ordinal));

        // What alice gives it anew is another matter.
        await PairAsync();
        await AwaitsYesAsync();
        Assert.Contains($"({Tablet.Id}) of {_account}, which was paired by {Alice.Id[..8]}", (await server.RunAsync("device", "admit", Tablet.Id)).EndedWith(0).Output, StringComparison.Ordinal);
        await Eventually.TrueAsync($"the tablet is certified: {Tablet.Agent}", Patience.Long, async () => (await Tablet.StatusAsync()).Text("trust") == "certified");
        Assert.Equal("certified", (await Tablet.StatusAsync()).GetProperty("registration").Text("state"));
        // Whoever meets it from now on.
        (await Tablet.Agent.TerminateAsync(Patience.Short)).EndedWith(0);
        await Tablet.StartAgentAsync();
        await Alice.CallsAsync(Tablet, "certified");

        var log = (await server.RunAsync("audit", "show", "--json")).EndedWith(0).Json.GetProperty("lines").EnumerateArray()
            .Where(l => l.GetProperty("act").Text("kind")!.StartsWith("promotion_", StringComparison.Ordinal));
        Assert.Equal([("promotion_turned_away", "owner"), ("promotion_admitted", "owner")], log.Select(l => (l.GetProperty("act").Text("kind"), l.Text("by"))));
        (await server.RunAsync("audit", "verify")).EndedWith(0);
    }

    [SkippableFact]
    public async Task A_paired_device_that_was_taken_back_is_not_registered_on_its_sponsors_word()
    {
        await MadeAsync();
        await BothStartAsync();
        await PairAsync();
        // The tablet hears nothing of it, and alice tells the server once she is where that is.
        (await Tablet.Agent.TerminateAsync(Patience.Short)).EndedWith(0);
        (await Alice.RunAsync("pair", "withdraw", Tablet.Id)).EndedWith(0);
        (await Alice.Agent.TerminateAsync(Patience.Short)).EndedWith(0);
        Alice.AgentWithin = [];
        await Alice.StartAgentAsync();
        await Eventually.TrueAsync("the server knows", Patience.Long, async () =>
            (await shared.Server.RunAsync("audit", "show", "--json")).EndedWith(0).Output.Contains("endorsement_withdrawn", StringComparison.Ordinal));

        Tablet.AgentWithin = [];
        await Tablet.StartAgentAsync();
        await Eventually.TrueAsync($"the tablet is refused: {Tablet.Agent}", Patience.Long, async () =>
            (await Tablet.StatusAsync()).GetProperty("registration") is var registration && registration.Text("state") == "refused"
            && registration.Text("problem")!.Contains("was taken back", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task What_a_provisional_device_sends_is_limited_and_goes_to_a_place_of_its_own_where_the_receiver_says_so()
    {
        await MadeAsync();
        var apart = _folder["from-provisional"];
        (Alice.Environment["OPENSHARE__PROVISIONALLIMIT"], Alice.Environment["OPENSHARE__PROVISIONALTO"]) = ("1M", apart);
        await BothStartAsync();
        await PairAsync();
        Assert.Contains($"from provisional ones at most 1.0 MiB at once, into {apart}", (await Alice.RunAsync("status")).EndedWith(0).Output, StringComparison.Ordinal);

        var refused = (await Tablet.SendAsync(Alice, Samples.MakeFile(_folder["large"], Samples.MiB + 1))).EndedWith(3).Errors;
        Assert.Contains("alice takes at most 1 MiB at once from a device that is not registered", refused, StringComparison.Ordinal);
        var small = Samples.MakeFile(_folder["small"], Samples.MiB);
        (await Tablet.SendAsync(Alice, small)).EndedWith(0);

        Samples.AssertSame(small, Path.Combine(apart, "small"));
        Assert.False(File.Exists(Alice.Received("small")));
        // The staging place is emptied once the receipt is kept, and the sender has it as soon.
        await Eventually.TrueAsync(
            "nothing but the small file lies there", Patience.Short, () => Directory.EnumerateFileSystemEntries(apart).Select(Path.GetFileName).SequenceEqual(["small"]));
    }

    [SkippableFact]
    public async Task A_paired_device_that_reaches_the_server_later_is_registered_with_a_token()
    {
        await MadeAsync();
        await BothStartAsync();
        await PairAsync();
        await Alice.CallsAsync(Tablet, "provisional");
        (await Tablet.Agent.TerminateAsync(Patience.Short)).EndedWith(0);

        await Tablet.RegisterAsync(shared.Server, _account);
        await Tablet.StartAgentAsync();

        var status = await Tablet.StatusAsync();
        Assert.Equal("certified", status.Text("trust"));
        Assert.DoesNotContain(status.GetProperty("warnings").EnumerateArray(), w => w.GetString()!.Contains("provisional", StringComparison.Ordinal));
        await Alice.CallsAsync(Tablet, "certified");
    }

    public void Dispose()
    {
        Alice.Dispose();
        Tablet.Dispose();
        _lan?.Dispose();
        _folder.Dispose();
    }

    private readonly string _account = $"account-{Guid.NewGuid():N}"[..20];

    private async Task<Lan> MadeAsync()
    {
        var lan = _lan = await Lan.CreateAsync();
        await lan.AddHostAsync("alice", "10.77.0.1");
        await lan.AddHostAsync("tablet", "10.77.0.2");
        (Alice.AgentWithin, Tablet.AgentWithin) = (lan.Within("alice"), lan.Within("tablet"));
        // By the network of this machine; in theirs nobody reaches the server.
        await Alice.RegisterAsync(shared.Server, _account);
        return lan;
    }

    private Task BothStartAsync() => Task.WhenAll(Alice.StartAgentAsync(), Tablet.StartUnregisteredAgentAsync());

    private async Task PairAsync()
    {
        var code = (await Tablet.RunAsync("pair", "show", "--json")).EndedWith(0).Json;
        var invitation = (await Alice.RunAsync("pair", "invite", code.Text("code")!, "--json")).EndedWith(0).Json;
        (await Tablet.RunAsync("pair", "join", invitation.Text("token")!, "--fingerprint", invitation.Text("sponsor_fingerprint")!)).EndedWith(0);
    }

    private Task AwaitsYesAsync() => Eventually.TrueAsync($"the tablet waits for a yes: {Tablet.Agent}", Patience.Long, async () =>
        (await Tablet.StatusAsync()).GetProperty("registration") is var registration && registration.Text("state") == "provisional" && registration.Text("reason") == "awaits_administrator");

    private async Task SendAsync(TestDevice from, TestDevice to, string file)
    {
        var path = Samples.MakeFile(_folder[file], Samples.MiB);
        var sent = (await from.SendAsync(to, path)).EndedWith(0).Json;
        Assert.Equal(await File.ReadAllBytesAsync(path), await File.ReadAllBytesAsync(to.Received(file)));
        (await from.RunAsync("receipt", "verify", sent.Text("transfer_id")!)).EndedWith(0);
    }
}
