using System.Text.Json;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>One command to several devices, and what each remembers of it.</summary>
[Collection(Processes.Name)]
public sealed class SeveralDevicesTests(SharedServer shared) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_file_goes_to_two_devices_at_once_and_all_three_know_of_it_after_their_restart()
    {
        var token = await shared.Server.TokenAsync($"account-{Guid.NewGuid():N}"[..20], "--uses", "3");
        using var alice = new TestDevice(_folder.Path, "alice");
        using var bob = new TestDevice(_folder.Path, "bob");
        using var carol = new TestDevice(_folder.Path, "carol");
        foreach (var device in (TestDevice[])[alice, bob, carol])
            await device.BeginAsync(shared.Server.Url, token);
        await Task.WhenAll(alice.SeesAsync(bob), alice.SeesAsync(carol));
        var file = Samples.MakeFile(_folder["out/for both"], (10 * Samples.MiB) + 1);

        // Nobody waits for the one named before.
        bob.Agent.Send(Signal.Stop);
        using var send = alice.Start(["send", file, "--to", "bob", "--to", "carol", "--json"]);
        await carol.EndOfNewestAsync("completed");
        Assert.True(send.IsRunning);
        bob.Agent.Send(Signal.Continue);

        var sent = (await send.EndAsync()).EndedWith(0).Output.Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToDictionary(t => t.Text("peer_name")!);
        Assert.Equal(["bob", "carol"], sent.Keys.Order(StringComparer.Ordinal));
        foreach (var device in (TestDevice[])[alice, bob, carol])
        {
            (await device.Agent.TerminateAsync()).EndedWith(0);
            await device.StartAgentAsync();
        }

        var kept = (await alice.RunAsync("transfers", "--json")).EndedWith(0).Json;
        Assert.Equal(2, kept.GetArrayLength());
        foreach (var receiver in (TestDevice[])[bob, carol])
        {
            var id = sent[receiver.Name].Text("transfer_id")!;
            Samples.AssertSame(file, receiver.Received("for both"));
            await Transfers.AssertReceiptAsync(alice, receiver, id);
            AssertKept(kept.EnumerateArray().Single(t => t.Text("transfer_id") == id), "sending", receiver);
            AssertKept((await receiver.RunAsync("transfers", "--json")).EndedWith(0).Json.EnumerateArray().Single(t => t.Text("transfer_id") == id), "receiving", alice);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertKept(JsonElement transfer, string direction, TestDevice peer)
    {
        Assert.Equal(
            (direction, peer.Id, peer.Name, "for both", "completed"),
            (transfer.Text("direction"), transfer.Text("peer"), transfer.Text("peer_name"), transfer.Text("summary"), transfer.Text("state")));
        Assert.Equal(1, transfer.GetProperty("receipt").Number("delivered"));
    }
}
