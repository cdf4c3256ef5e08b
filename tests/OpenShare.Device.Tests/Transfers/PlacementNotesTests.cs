using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Protocol.Transfer.Receipts;

namespace OpenShare.Device.Tests.Transfers;

public sealed class PlacementNotesTests
{
    [Fact]
    public void What_stands_there_and_is_refused_is_not_said_to_be_there()
    {
        var report = new CompletionReport(DiskResult.Done, [], [new EntryRefusal(1, DiskProblem.Denied, "t/a: it may be lost")]);

        var notes = PlacementNotes.From(manifest: null!, report, [new EntryNote.Refused(2, "t/b: it may be lost")], new HashSet<uint> { 0, 1, 2 }, isLimited: false);

        Assert.Equal(
            [new EntryNote.AlreadyThere(0), new EntryNote.Refused(1, "t/a: it may be lost"), new EntryNote.Refused(2, "t/b: it may be lost")],
            notes.OrderBy(n => n.EntryNumber));
    }
}
