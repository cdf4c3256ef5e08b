using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>Two agents whose links and streams go by QUIC, or by it and TCP in turn: real processes with the real library.</summary>
[Collection(Processes.Name)]
public sealed class QuicTests(SharedServer server)
{
    private const long Size = 48 * Samples.MiB;

    // A chunk's worth for what is not the file's own, and a window for a cut.
    private const long Windows = 4 * 4 * Samples.MiB;

    [SkippableFact]
    public async Task A_file_travels_by_quic_alone()
    {
        QuicHere.Needed();
        using var folder = new TemporaryFolder();
        var (alice, bob) = await StartAsync(folder, "quic");
        using var both = new Both(alice, bob);
        var file = Samples.MakeFile(folder["by quic"], Size);

        var sent = (await alice.SendAsync(bob, file)).EndedWith(0).Json;

        Samples.AssertSame(file, bob.Received("by quic"));
        await Transfers.AssertReceiptAsync(alice, bob, sent.Text("transfer_id")!);
        Assert.Equal(Size, await Metrics.OfAsync(alice, Metrics.Sealed));
        Assert.Empty(TcpOf(alice.Port));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_is_killed_under_way_goes_on_by_quic_and_little_is_sent_again(bool receiver)
    {
        QuicHere.Needed();
        using var folder = new TemporaryFolder();
        var (alice, bob) = await StartAsync(folder, "quic");
        using var both = new Both(alice, bob);
        var file = Samples.MakeFile(folder["killed"], Size);
        (await alice.RunAsync("send", file, "--to", bob.Id, "--limit", "8M", "--detach", "--json")).EndedWith(0);
        await Eventually.TrueAsync($"a third of it has arrived: {bob.Agent}", Patience.Long, async () => await Metrics.OfAsync(bob, Metrics.Received) > Size / 3);
        var before = await Metrics.OfAsync(alice, Metrics.Sealed);
        var held = await Metrics.OfAsync(bob, Metrics.Received);

        var killed = receiver ? bob : alice;
        await killed.Agent.KillAsync();
        await killed.StartAgentAsync();

        await alice.EndOfNewestAsync("completed");
        Samples.AssertSame(file, bob.Received("killed"));
        // Of a sender that was killed what it sealed since; of one that was not, all that it did.
        var sealedBytes = await Metrics.OfAsync(alice, Metrics.Sealed);
        Assert.InRange(sealedBytes, 1, receiver ? Size + Windows : Size - held);
        Assert.True(before < Size, "It was over before it was cut.");
    }

    [SkippableFact]
    public async Task A_running_transfer_moves_from_tcp_to_quic_and_back_and_seals_each_byte_once()
    {
        QuicHere.Needed();
        using var folder = new TemporaryFolder();
        var (alice, bob) = await StartAsync(folder, "alternate");
        using var both = new Both(alice, bob);
        var file = Samples.MakeFile(folder["moved"], Size);

        (await alice.RunAsync("send", file, "--to", bob.Id, "--limit", "8M")).EndedWith(0);

        Samples.AssertSame(file, bob.Received("moved"));
        Assert.Equal(Size, await Metrics.OfAsync(alice, Metrics.Sealed));
        var moves = alice.Agent.Output.Concat(alice.Agent.Errors.Split('\n')).Where(l => l.Contains(" go over ", StringComparison.Ordinal)).ToList();
        Assert.Contains(moves, l => l.Contains("Quic", StringComparison.Ordinal));
        Assert.Contains(moves.SkipWhile(l => !l.Contains("Quic", StringComparison.Ordinal)), l => l.Contains("Tcp", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_device_that_is_to_use_nothing_but_quic_and_has_no_library_says_so()
    {
        QuicHere.Needed();
        using var folder = new TemporaryFolder();
        using var device = new TestDevice(folder.Path, "none");
        device.Environment["OPENSHARE__CARRIERS"] = "quic";
        device.Environment["OPENSHARE_MSQUIC"] = folder["libmsquic.so.2"];

        var ended = await RunningProcess.Start(Checkout.OpenShare, ["--home", device.Home, "agent"], device.Environment).EndAsync();

        ended.EndedWith(1).Said("QUIC library");
    }

    private async Task<(TestDevice Alice, TestDevice Bob)> StartAsync(TemporaryFolder folder, string rule)
    {
        var (alice, bob) = (new TestDevice(folder.Path, "alice"), new TestDevice(folder.Path, "bob"));
        var token = await server.Server.TokenAsync($"account-{Guid.NewGuid():N}"[..20], "--uses", "2");
        foreach (var device in new[] { alice, bob })
        {
            device.Carriers(rule);
            await device.RegisterAsync(server.Server.Url, token);
            device.Environment["OPENSHARE__LOGLEVEL"] = "information";
            await device.StartAgentAsync();
            device.Environment.Remove("OPENSHARE__LOGLEVEL");
        }
        await Task.WhenAll(alice.SeesAsync(bob), bob.SeesAsync(alice));
        return (alice, bob);
    }

    private static string[] TcpOf(int port) => [.. File.ReadAllLines("/proc/net/tcp").Concat(File.ReadAllLines("/proc/net/tcp6"))
        .Where(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].EndsWith($":{port:X4}", StringComparison.Ordinal))];

    private sealed class Both(TestDevice alice, TestDevice bob) : IDisposable
    {
        public void Dispose()
        {
            alice.Dispose();
            bob.Dispose();
        }
    }
}
