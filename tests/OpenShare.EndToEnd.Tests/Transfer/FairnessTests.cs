using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>Several transfers at once, to one device and to several.</summary>
[Collection(Processes.Name)]
[Trait("Length", "Long")]
public sealed class FairnessTests(SharedServer shared) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<TestDevice> _devices = [];

    [Fact]
    public async Task When_the_first_of_ten_equal_transfers_ends_the_others_are_nearly_done()
    {
        var (alice, bob) = (await DeviceAsync("alice"), await DeviceAsync("bob"));
        await alice.SeesAsync(bob);
        using var agent = AgentOf(alice);
        var files = Enumerable.Range(1, 10).Select(i => Samples.MakeFile(_folder[$"out/{i} of 10"], 128 * Samples.MiB)).ToList();
        await CompletesAsync(agent, await agent.SendAsync(new SendRequest([Samples.MakeFile(_folder["out/before"], 1)], bob.Id), default));

        // While it is stopped all ten are read, so that they begin at the same moment.
        bob.Agent.Send(Signal.Stop);
        var sent = await Task.WhenAll(files.Select(f => agent.SendAsync(new SendRequest([f], bob.Id), default)));
        await Eventually.TrueAsync("all ten have been read", Patience.Long, async () => (await OfAsync(agent, sent)).All(t => t.TotalsKnown));
        bob.Agent.Send(Signal.Continue);
        var least = 0.0;
        await Eventually.TrueAsync($"the first has ended: {alice.Agent} {bob.Agent}", TimeSpan.FromMinutes(2), async () =>
        {
            var now = await OfAsync(agent, sent);
            least = now.Min(t => t.BytesSent / (double)t.BytesTotal);
            return now.Any(t => t.BytesSent == t.BytesTotal);
        });

        // Whoever is linked first has up to the 32 MiB of all of them under way before another comes, and is not made to wait for it.
        Assert.True(least >= 0.7, $"when the first was done, {least:0.00} of the slowest was");
        foreach (var transfer in sent)
            await CompletesAsync(agent, transfer);
        Assert.All(files, f => Samples.AssertSame(f, bob.Received(Path.GetFileName(f))));
    }

    [Fact]
    public async Task A_small_file_beside_a_large_one_comes_through_and_one_device_that_stands_still_holds_up_no_other()
    {
        var (alice, bob, carol) = (await DeviceAsync("alice"), await DeviceAsync("bob"), await DeviceAsync("carol"));
        await Task.WhenAll(alice.SeesAsync(bob), alice.SeesAsync(carol));
        using var agent = AgentOf(alice);
        var (large, small) = (Samples.MakeFile(_folder["out/large"], 512 * Samples.MiB), Samples.MakeFile(_folder["out/small"], Samples.MiB));

        var beside = await agent.SendAsync(new SendRequest([large], bob.Id), default);
        await Eventually.TrueAsync("the large one is under way", Patience.Long, async () => (await agent.GetTransferAsync(beside.TransferId, default)).BytesSent > 0);
        await CompletesAsync(agent, await agent.SendAsync(new SendRequest([small], bob.Id), default));
        Assert.False((await agent.GetTransferAsync(beside.TransferId, default)).IsEnded(), "the small one came after the large one");

        bob.Agent.Send(Signal.Stop);
        await CompletesAsync(agent, await agent.SendAsync(new SendRequest([large], carol.Id), default));
        Samples.AssertSame(large, carol.Received("large"));
        Assert.False((await agent.GetTransferAsync(beside.TransferId, default)).IsEnded());

        bob.Agent.Send(Signal.Continue);
        await CompletesAsync(agent, beside);
        Samples.AssertSame(large, bob.Received("large"));
    }

    [Fact]
    public async Task Which_files_are_done_and_which_are_to_come_is_shown_on_both_sides()
    {
        var (alice, bob) = (await DeviceAsync("alice"), await DeviceAsync("bob"));
        await alice.SeesAsync(bob);
        foreach (var name in (string[])["a", "b", "c"])
            Samples.MakeFile(_folder[$"out/tree/{name}"], Samples.MiB);
        using var agent = AgentOf(alice);
        // One file in eight seconds, the first at once.
        var sent = await agent.SendAsync(new SendRequest([_folder["out/tree"]], bob.Id) { BytesPerSecond = Samples.MiB / 8 }, default);
        var id = sent.TransferId;
        await Eventually.TrueAsync("the first file is there", Patience.Long, async () => (await agent.GetTransferAsync(id, default)).BytesSent > 0);
        await agent.PauseTransferAsync(id, default);

        foreach (var device in (TestDevice[])[alice, bob])
        {
            var files = (await device.RunAsync("transfer", "show", id, "--json")).EndedWith(0).Json.GetProperty("files");
            Assert.InRange(files.Number("done"), 1, 2);
            Assert.Equal(3, files.Number("done") + files.Number("under_way") + files.Number("to_come"));
            Assert.Equal(["tree/a", "tree/b", "tree/c"], files.GetProperty("list").EnumerateArray().Select(f => f.Text("path")));
            Assert.Contains(" to come", (await device.RunAsync("transfer", "show", id)).EndedWith(0).Output, StringComparison.Ordinal);
        }
        await agent.ResumeTransferAsync(id, default);
        await CompletesAsync(agent, sent);
        Assert.Equal(3, (await bob.RunAsync("transfer", "show", id, "--json")).EndedWith(0).Json.GetProperty("files").Number("done"));
    }

    public void Dispose()
    {
        _devices.ForEach(d => d.Dispose());
        _folder.Dispose();
    }

    private static LocalApiClient AgentOf(TestDevice device) => new(new ControlEndpoint.UnixSocket(Path.Combine(device.Home, "agent.sock")));

    private readonly string _account = $"account-{Guid.NewGuid():N}"[..20];

    private async Task<TestDevice> DeviceAsync(string name)
    {
        var device = new TestDevice(_folder.Path, name);
        _devices.Add(device);
        await device.BeginAsync(shared.Server, _account);
        return device;
    }

    private static Task CompletesAsync(LocalApiClient agent, TransferDocument transfer) => Eventually.TrueAsync($"{transfer.Summary} is there", TimeSpan.FromMinutes(2), async () =>
    {
        var now = await agent.GetTransferAsync(transfer.TransferId, default);
        Assert.True(!now.IsEnded() || now.State == TransferStates.Completed, $"{now.State}: {now.Detail}");
        return now.IsEnded();
    });

    private static async Task<List<TransferDocument>> OfAsync(LocalApiClient agent, TransferDocument[] sent) =>
        [.. (await agent.GetTransfersAsync(default)).Where(t => sent.Any(s => s.TransferId == t.TransferId))];
}
