using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Tests.Storage;

public sealed class OutboxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Outbox _outbox;

    public OutboxTests() => _outbox = new Outbox(_folder["outbox"]);

    [Fact]
    public void A_text_is_for_its_owner_only_and_two_of_a_name_do_not_meet()
    {
        var (one, other) = (_outbox.Put("note.txt", "one"u8), _outbox.Put("note.txt", "other"u8));

        Assert.Equal(("one", "other"), (File.ReadAllText(one), File.ReadAllText(other)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(one));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["outbox"]));
        }
        Assert.Empty(_outbox.Remove([one, one]));
        Assert.Equal(other, Assert.Single(Directory.EnumerateFiles(_folder["outbox"], "*", SearchOption.AllDirectories)));
    }

    [Fact]
    public void Nothing_outside_is_removed()
    {
        File.WriteAllText(_folder["mine.txt"], "mine");

        _outbox.Remove([_folder["mine.txt"], Path.Combine(_folder["outbox"], "..", "mine.txt")]);

        Assert.True(File.Exists(_folder["mine.txt"]));
    }

    [Fact]
    public void What_no_transfer_sends_any_more_is_swept()
    {
        using var database = DeviceDatabase.OpenInMemory();
        var (kept, over, lost) = (_outbox.Put("kept.txt", "1"u8), _outbox.Put("over.txt", "2"u8), _outbox.Put("lost.txt", "3"u8));
        Add(1, kept, TransferState.AwaitingAnswer);
        Add(2, over, TransferState.Completed);

        _outbox.Sweep(database.Transfers);

        Assert.Equal((true, false, false), (File.Exists(kept), File.Exists(over), File.Exists(lost)));
        new Outbox(_folder["no such"]).Sweep(database.Transfers);

        void Add(byte number, string path, TransferState state) => database.Transfers.Add(new TransferRecord(
            new TransferKey(TransferDirection.Sending, DeviceId.Parse(new string('a', 32)), TransferId.FromBytes([.. Enumerable.Repeat(number, 16)])),
            state, null, null, [path], "", default, default, "", "", 0, 0, 0, 0, 0, TimeSpan.Zero) { IsText = true });
    }

    public void Dispose() => _folder.Dispose();
}
