using System.Diagnostics;
using System.Globalization;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>What the receiver has somewhere already does not cross the link.</summary>
[Collection(Processes.Name)]
public sealed class ReuseTests(SharedPair shared) : IClassFixture<SharedPair>
{
    // File lists, handshakes, acknowledgements.
    private const long Words = 512 * 1024;

    [Fact]
    public async Task The_same_content_under_a_new_name_sends_no_byte_of_it()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("original.raw", (40 * Samples.MiB) + 1);
        (await pair.Alice.SendAsync(pair.Bob, file)).EndedWith(0);
        var copy = Path.Combine(pair.Outgoing("archive"), "renamed.raw");
        Directory.CreateDirectory(pair.Outgoing("archive"));
        File.Copy(file, copy);
        var before = await pair.Relay.PassedAsync();

        var sent = (await pair.Alice.SendAsync(pair.Bob, pair.Outgoing("archive"))).EndedWith(0).Json;

        Assert.Equal((0L, (40 * Samples.MiB) + 1), (sent.Number("bytes_sent"), sent.Number("bytes_reused")));
        Assert.InRange(await pair.Relay.PassedAsync() - before, 0, Words);
        Samples.AssertSame(pair.Outgoing("archive"), pair.Bob.Received("archive"));
        await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, sent.Text("transfer_id")!);
        await Transfers.AssertNothingStagedAsync(pair.Bob);
    }

    [Fact]
    public async Task An_insertion_at_the_front_of_a_large_file_sends_little()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("mailbox", 256 * Samples.MiB);
        (await pair.Alice.SendAsync(pair.Bob, file)).EndedWith(0);
        var old = pair.Outgoing("mailbox.old");
        File.Move(file, old);
        await using (var grown = File.Create(file))
        {
            await grown.WriteAsync(new byte[1024]);
            await using var rest = File.OpenRead(old);
            await rest.CopyToAsync(grown);
        }
        var before = await pair.Relay.PassedAsync();

        var sent = (await pair.Alice.RunAsync("send", file, "--to", pair.Bob.Id, "--conflict", "overwrite", "--json")).EndedWith(0).Json;

        Assert.InRange(sent.Number("bytes_sent"), 1, 6 * Samples.MiB);
        Assert.Equal((256 * Samples.MiB) + 1024, sent.Number("bytes_sent") + sent.Number("bytes_reused"));
        Assert.InRange(await pair.Relay.PassedAsync() - before, 1, (6 * Samples.MiB) + Words);
        Samples.AssertSame(file, pair.Bob.Received("mailbox"));
        Assert.False(Path.Exists(pair.Bob.Received("mailbox (2)")));
        await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, sent.Text("transfer_id")!);
    }

    [Fact]
    public async Task A_file_of_64_GiB_that_is_holes_takes_the_time_and_the_room_of_its_data()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("image", 3 * Samples.MiB);
        await using (var image = File.Open(file, FileMode.Open))
            image.SetLength(64 * 1024 * Samples.MiB);
        var before = await pair.Relay.PassedAsync();

        var sent = (await pair.Alice.SendAsync(pair.Bob, file)).EndedWith(0).Json;

        Assert.Equal((3 * Samples.MiB, 65533 * Samples.MiB), (sent.Number("bytes_sent"), sent.Number("bytes_reused")));
        // Of each GiB 44 KiB of the file list.
        Assert.InRange(await pair.Relay.PassedAsync() - before, 3 * Samples.MiB, (6 * Samples.MiB) + Words);
        Assert.Equal(64 * 1024 * Samples.MiB, new FileInfo(pair.Bob.Received("image")).Length);
        using var taken = Process.Start(new ProcessStartInfo("du", ["--block-size=1", pair.Bob.Received("image")]) { RedirectStandardOutput = true })!;
        Assert.InRange(long.Parse((await taken.StandardOutput.ReadToEndAsync()).Split('\t')[0], CultureInfo.InvariantCulture), 3 * Samples.MiB, 4 * Samples.MiB);
        await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, sent.Text("transfer_id")!);
    }

    [Fact]
    public async Task A_receiver_that_is_killed_while_it_copies_ends_with_the_same_file()
    {
        var pair = await shared.ReadyAsync();
        var file = pair.File("film", 96 * Samples.MiB);
        (await pair.Alice.SendAsync(pair.Bob, file)).EndedWith(0);
        // A front of its own travels, and holds the link there; behind it is what Bob has.
        var longer = pair.Outgoing("film, director's cut");
        Samples.MakeFile(longer, 16 * Samples.MiB);
        await using (var more = File.Open(longer, FileMode.Append))
        {
            await using var rest = File.OpenRead(file);
            await rest.CopyToAsync(more);
        }
        pair.Relay.Tell($"stall-at {await pair.Relay.PassedAsync() + (10 * Samples.MiB)}");
        using var send = pair.Alice.Start(["send", longer, "--to", pair.Bob.Id, "--json"]);
        await pair.Relay.NextAsync("stalled");

        await pair.Bob.Agent.KillAsync();
        pair.Relay.Tell("go");
        await pair.Bob.StartAgentAsync();

        var sent = (await send.EndAsync(TimeSpan.FromMinutes(2))).EndedWith(0).Json;
        Samples.AssertSame(longer, pair.Bob.Received("film, director's cut"));
        await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, sent.Text("transfer_id")!);
    }
}
