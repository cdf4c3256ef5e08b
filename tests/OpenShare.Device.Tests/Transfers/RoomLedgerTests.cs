using OpenShare.Device.Storage.Database;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>
/// Who is promised room, told as a conversation: "a 70/100" asks for transfer a, for 70 bytes where 100 are free; "a 70/100~9" while
/// 9 of those it was promised before cannot travel yet.
/// </summary>
public sealed class RoomLedgerTests
{
    private const string Here = "here";

    private readonly RoomLedger _ledger = new();

    [Theory]
    [InlineData("a 100/100 yes")]
    [InlineData("a 101/100 no")]
    [InlineData("a 0/0 yes")]
    // What one is promised the other cannot have, until it is used: then the disk counts it.
    [InlineData("a 70/100 yes; a takes 0; b 40/100 no; b 30/100 yes")]
    [InlineData("a 70/100 yes; a takes 70; b 40/30 no; b 30/30 yes")]
    [InlineData("a 70/100 yes; a takes 20; b 40/80 no; a uses 30; b 31/50 no; b 30/50 yes")]
    // A transfer grows page by page, and its own promise counts against it as well.
    [InlineData("a 40/100 yes; a takes 0; a 40/100 yes; a takes 0; a 40/100 later; b 21/100 no; b 20/100 yes")]
    // Of its own promise some may be written and not told yet: then the disk and the promise count it twice.
    [InlineData("a 40/100 yes; a takes 0; a 60/70 later; a uses 30; a 60/70 yes")]
    [InlineData("a 40/100 yes; a takes 0; a 70/100 later; a uses 40; a 70/60 no")]
    [InlineData("a 40/100 yes; a takes 0; a 101/100 no")]
    // What cannot travel before the answer is not being written: it is counted once, and no answer would come of waiting for it.
    [InlineData("a 40/100 yes; a takes 0; a 70/100~40 no; a 60/100~40 yes")]
    [InlineData("a 40/100 yes; a takes 0; a 65/100~9 later; a uses 31; a 65/69~9 no")]
    // While one takes its room nobody knows whether the free bytes count it: a no waits for that, a yes does not.
    [InlineData("a 70/100 yes; b 40/100 later; b 30/100 yes; a takes 70; b takes 0; c 1/30 no")]
    [InlineData("a 70/100 yes; b 40/30 later; a takes 70; b 30/30 yes")]
    // An end gives all back, and so does a second end nothing more.
    [InlineData("a 70/100 yes; a ends; b 100/100 yes; a ends; b takes 0; c 1/100 no")]
    [InlineData("a 70/100 yes; b 40/100 later; a ends; b 40/100 yes")]
    // What one owes from before a restart counts as promised, room or none.
    [InlineData("a owes 90; b 11/100 no; b 10/100 yes")]
    [InlineData("a owes 200; b 1/100 no; a uses 150; b 50/100 yes")]
    // Late words of one who has ended, and more than was promised, change nothing.
    [InlineData("a uses 50; a takes 50; b 100/100 yes; b takes 200; b uses 1; c 100/100 yes")]
    // Other file systems have room of their own.
    [InlineData("a 70/100 yes; a takes 0; b 70/100@there yes; b takes 0; c 31/100@there no; c 30/100 yes")]
    // Sizes beyond all disks are no way around it.
    [InlineData("a 9223372036854775807/100 no")]
    [InlineData("a owes 9223372036854775807; b owes 9223372036854775807; c 1/9223372036854775807 no")]
    public void Room_is_promised_once(string conversation)
    {
        foreach (var line in conversation.Split("; "))
        {
            var words = line.Split(' ');
            var key = Key(words[0]);
            switch (words[1])
            {
                case "ends": _ledger.End(key); break;
                case "takes": _ledger.Prepared(key, long.Parse(words[2])); break;
                case "uses": _ledger.Use(key, long.Parse(words[2])); break;
                case "owes": _ledger.Owe(key, Here, long.Parse(words[2])); break;
                default: Assert.Equal((line, words[2]), (line, Ask(key, words[1]))); break;
            }
        }
    }

    [Fact]
    public void A_refusal_says_in_a_persons_units_what_is_needed_free_and_promised()
    {
        const long mib = 1024 * 1024;
        _ledger.Owe(Key("a"), Here, 300 * mib);

        var shared = Assert.IsType<RoomAnswer.Refused>(_ledger.Ask(Key("b"), Here, 1536 * mib, 800 * mib));
        var alone = Assert.IsType<RoomAnswer.Refused>(_ledger.Ask(Key("b"), "there", 1025, 1023));

        Assert.Equal(
            "There is not enough room on the other device's disk: 1.5 GiB are needed and 800 MiB are free, 300 MiB of them promised to other transfers.", shared.Reason);
        Assert.Equal("There is not enough room on the other device's disk: 1.1 KiB are needed and 1023 bytes are free.", alone.Reason);
    }

    [Theory]
    [InlineData(0, "0 bytes", "0 bytes")]
    [InlineData(1023, "1023 bytes", "1023 bytes")]
    [InlineData(1024, "1 KiB", "1 KiB")]
    [InlineData(1536 * 1024, "1.5 MiB", "1.5 MiB")]
    [InlineData((800L << 20) + 1, "801 MiB", "800 MiB")]
    [InlineData(long.MaxValue, "8 EiB", "7.9 EiB")]
    public void Sizes_are_rounded_so_that_a_lack_never_reads_as_none(long bytes, string up, string down) =>
        Assert.Equal((up, down), (ByteWords.Of(bytes, up: true), ByteWords.Of(bytes, up: false)));

    private string Ask(TransferKey key, string question)
    {
        var (numbers, fileSystem) = question.Split('@') is [var n, var there] ? (n, there) : (question, Here);
        var parts = numbers.Split('/', '~').Select(long.Parse).ToList();
        return _ledger.Ask(key, fileSystem, parts[0], parts[1], parts.ElementAtOrDefault(2)) switch
        {
            RoomAnswer.Promised => "yes",
            RoomAnswer.Unclear => "later",
            _ => "no",
        };
    }

    private static TransferKey Key(string name) => new(
        TransferDirection.Receiving, DeviceId.Parse(new string(name[0], 32)), TransferId.Parse(new string('1', 32)));
}
