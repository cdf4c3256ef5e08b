using OpenShare.Device.Transfers;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A text goes as one, is known as one where it arrives, and is shown only as it arrived.</summary>
public sealed class TextTests : TransferSpecs
{
    [Fact]
    public async Task A_text_arrives_as_a_file_that_is_known_to_be_a_text()
    {
        var (ann, ben) = Devices();
        File.WriteAllText(Path.Combine(ann.Files, "note.txt"), "Grüße");

        var id = await ann.SendTextAsync(ben, "note.txt");

        AssertCompleted(await ann.EndsAsync(id), 1);
        var received = await ben.SeesAsync(id, v => v is { IsEnded: true });
        Assert.True(received.IsText);
        // Kept, too.
        await ben.KillAsync();
        ben.Start();
        Assert.True(Assert.Single(await ben.TransfersAsync()).IsText);
        var receipt = await ben.ReceiptAsync(id);
        var path = Path.Combine(ben.Inbox, "note.txt");
        Assert.Equal(new TextView(path, "Grüße"), ReceivedText.Read(ben.Inbox, receipt.Manifest.Manifest!, Receipt.Read(receipt.Receipt!)));

        foreach (var other in (string[])["Gruesse", "Größe", ""])
        {
            File.WriteAllText(path, other);
            Assert.Equal(new TextView(path, null), ReceivedText.Read(ben.Inbox, receipt.Manifest.Manifest!, Receipt.Read(receipt.Receipt!)));
        }
        File.Delete(path);
        Assert.Equal(new TextView(path, null), ReceivedText.Read(ben.Inbox, receipt.Manifest.Manifest!, Receipt.Read(receipt.Receipt!)));
    }

    [Fact]
    public async Task A_text_whose_name_is_taken_is_read_under_the_name_it_got()
    {
        var (ann, ben) = Devices();
        Directory.CreateDirectory(ben.Inbox);
        File.WriteAllText(Path.Combine(ben.Inbox, "note.txt"), "mine");
        File.WriteAllText(Path.Combine(ann.Files, "note.txt"), "theirs");

        var id = await ann.SendTextAsync(ben, "note.txt");

        AssertCompleted(await ann.EndsAsync(id), 1);
        var receipt = await ben.ReceiptAsync(id);
        Assert.Equal(
            new TextView(Path.Combine(ben.Inbox, "note (2).txt"), "theirs"),
            ReceivedText.Read(ben.Inbox, receipt.Manifest.Manifest!, Receipt.Read(receipt.Receipt!)));
    }

    [Theory]
    [InlineData("ann", "Text from ann 2026-11-26 21.50.txt")]
    [InlineData("ann/ben: \"home\"", "Text from ann-ben- -home- 2026-11-26 21.50.txt")]
    [InlineData("../..", "Text from ..-.. 2026-11-26 21.50.txt")]
    public void A_text_is_called_after_its_sender_and_the_minute(string device, string name)
    {
        Assert.Equal(name, TextName.Of(device, new DateTimeOffset(2026, 11, 26, 21, 50, 59, TimeSpan.FromHours(2))));
        Assert.True(RelativePath.TryParse(name, out _, out _));
    }
}
