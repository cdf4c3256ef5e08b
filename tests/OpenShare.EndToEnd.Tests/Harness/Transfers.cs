using System.Text.Json;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>What the tests ask of transfers again and again.</summary>
internal static class Transfers
{
    /// <summary>What a cut may find under way: 4 streams, 4 chunks of 1 MiB on each.</summary>
    public const long MostUnderWay = 4 * 4 * Samples.MiB;

    /// <summary>
    /// The most that may cross the link beyond a file's own bytes after a cut: and 512 KiB for handshakes, file list, acknowledgements,
    /// 20 bytes a record.
    /// </summary>
    public const long MostSentAgain = MostUnderWay + (512 * 1024);

    /// <summary>The receiver has a part of its newest transfer, and nothing under its final name.</summary>
    public static async Task AssertIncompleteAsync(TestDevice receiver, string name, long bytes)
    {
        await Eventually.TrueAsync($"a part of {name} is written: {receiver.Agent}", Patience.Short, async () =>
            await receiver.NewestTransferAsync() is { } transfer && transfer.Text("state") == "transferring" && transfer.Number("bytes_sent") > 0);
        Assert.InRange((await receiver.NewestTransferAsync())!.Value.Number("bytes_sent"), 1, bytes - 1);
        Assert.False(Path.Exists(receiver.Received(name)), $"{name} has its final name before it is complete");
    }

    /// <summary>Waits for the end of a device's newest transfer.</summary>
    public static async Task<JsonElement> EndOfNewestAsync(this TestDevice device, string state)
    {
        JsonElement? newest = null;
        await Eventually.TrueAsync($"{device.Name}'s transfer is {state}: {device.Agent}", TimeSpan.FromMinutes(2), async () =>
        {
            newest = await device.NewestTransferAsync();
            Assert.False(newest?.Text("state") is "failed" or "cancelled" or "declined" && newest?.Text("state") != state, $"{newest}");
            return newest?.Text("state") == state;
        });
        return newest!.Value;
    }

    /// <summary>The sender holds a receipt that verifies, and the receiver's outcome of each entry is 'delivered'.</summary>
    public static async Task AssertReceiptAsync(TestDevice sender, TestDevice receiver, string transfer)
    {
        var verdict = (await sender.RunAsync("receipt", "verify", transfer, "--json")).EndedWith(0).Json;
        Assert.True(verdict.GetProperty("valid").GetBoolean());
        Assert.True(verdict.GetProperty("matches_manifest").GetBoolean());
        var receipt = verdict.GetProperty("receipt");
        Assert.Equal((sender.Id, receiver.Id), (receipt.Text("sender"), receipt.Text("receiver")));
        Assert.True(receipt.Number("delivered") > 0);
        Assert.Equal((0, 0), (receipt.Number("withdrawn"), receipt.Number("refused")));
    }

    /// <summary>Nothing is left of transfers that are over but what they delivered.</summary>
    public static Task AssertNothingStagedAsync(TestDevice receiver) => Eventually.TrueAsync(
        $"{receiver.Name}'s half-written files are gone", Patience.Short, () => !Path.Exists(receiver.Received(".openshare-partial")));
}
