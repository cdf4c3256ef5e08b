using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Views;
using OpenShare.Protocol.Wire;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Tests.Storage.Database;

/// <summary>Transfers, their file lists, outcomes and receipts.</summary>
public sealed class TransferStoreTests : DatabaseSpecs
{
    [Fact]
    public void A_transfer_comes_back_as_it_was()
    {
        var transfer = Transfer(1);
        var no = Database.Transfers.Add(transfer);

        var (foundNo, found) = Reopened().Transfers.Find(transfer.Key)!.Value;

        Assert.Equal(no, foundNo);
        AssertSame(transfer, found);
    }

    [Fact]
    public void A_transfer_that_is_added_twice_keeps_its_number_and_its_record()
    {
        var no = Database.Transfers.Add(Transfer(1));

        Assert.Equal(no, Database.Transfers.Add(Transfer(1, TransferState.Failed)));

        AssertSame(Transfer(1), Assert.Single(Database.Transfers.All()).Transfer);
    }

    [Fact]
    public void The_same_id_of_two_senders_or_of_both_directions_names_different_transfers()
    {
        var received = Transfer(1);
        var sent = Transfer(1, direction: TransferDirection.Sending);
        var ofAnother = received with { Key = received.Key with { Peer = Transfer(2).Key.Peer } };

        var numbers = new[] { received, sent, ofAnother }.Select(Database.Transfers.Add).ToList();

        Assert.Equal(3, numbers.Distinct().Count());
        Assert.Equal(numbers.AsEnumerable().Reverse(), Reopened().Transfers.All().Select(t => t.No));
    }

    [Fact]
    public void An_update_changes_all_but_the_key_and_the_time_of_its_making()
    {
        var no = Database.Transfers.Add(Transfer(1));
        var later = Transfer(1, TransferState.Failed) with
        {
            Problem = TransferProblem.NotTrusted, Manifest = null, UpdatedAt = Now.AddHours(1), Detail = "revoked", BytesDone = 7, ChunksDone = 8, Elapsed = TimeSpan.FromHours(1),
        };

        Database.Transfers.Update(no, later);

        AssertSame(later, Reopened().Transfers.Find(later.Key)!.Value.Transfer);
    }

    [Fact]
    public void The_directory_that_it_began_in_is_known_again()
    {
        var transfer = Transfer(1) with { BegunIn = new FileKey(ulong.MaxValue, -1) };
        var no = Database.Transfers.Add(transfer);
        AssertSame(transfer, Reopened().Transfers.Find(transfer.Key)!.Value.Transfer);

        Database.Transfers.Update(no, Transfer(1));
        Assert.Null(Reopened().Transfers.Find(transfer.Key)!.Value.Transfer.BegunIn);

        Database.Transfers.Update(no, transfer);
        AssertSame(transfer, Reopened().Transfers.Find(transfer.Key)!.Value.Transfer);
    }

    [Fact]
    public void Those_to_be_gone_on_with_are_those_that_have_not_ended()
    {
        var states = Enum.GetValues<TransferState>();
        foreach (var state in states)
            Database.Transfers.Add(Transfer((int)state + 1, state));

        Assert.Equal(states.Where(s => !Transfer(1, s).IsOver), Reopened().Transfers.Unfinished().Select(t => t.Transfer.State));
    }

    [Fact]
    public void And_one_that_owes_the_other_side_a_word()
    {
        var no = Database.Transfers.Add(Transfer(1));
        Database.Transfers.Update(no, Transfer(1, TransferState.Cancelled) with { OwesWord = true });

        Assert.True(Assert.Single(Reopened().Transfers.Unfinished()).Transfer.OwesWord);
    }

    [Theory]
    [InlineData(TransferState.Cancelled, -1, 0u)]
    [InlineData(TransferState.Cancelled, 1, 1u)]
    [InlineData(TransferState.Transferring, -1, 1u)]
    public void The_working_state_of_those_that_ended_long_ago_is_dropped(TransferState state, int hours, uint pages)
    {
        var no = Database.Transfers.Add(Transfer(1, state) with { UpdatedAt = Now.AddHours(hours) });
        Database.Manifests.Append(no, 0, [1], identities: [new SourceIdentity(0, new FileIdentity(1, 2, 3, 4, 5))]);

        Database.Transfers.DropWorkingState(endedBefore: Now);

        Assert.Equal((pages, (int)pages), (Reopened().Manifests.Count(no), Database.Manifests.Identities(no, 0).Count));
    }

    [Fact]
    public void So_many_are_shown_and_all_that_are_to_be_gone_on_with()
    {
        foreach (var (no, state) in new[] { (1, TransferState.Paused), (2, TransferState.Completed), (3, TransferState.Failed) })
            Database.Transfers.Add(Transfer(no, state));

        Assert.Equal([TransferState.Failed, TransferState.Paused], Database.Transfers.All(most: 1).Select(t => t.Transfer.State));
    }

    [Fact]
    public void Of_those_that_are_over_the_oldest_are_forgotten_with_all_that_was_kept_of_them()
    {
        var states = new[] { TransferState.Paused, TransferState.Completed, TransferState.Completed };
        var nos = states.Select((state, i) => Database.Transfers.Add(Transfer(i + 1, state))).ToList();
        foreach (var (no, state) in nos.Zip(states))
        {
            Database.Manifests.Append(no, 0, [1], identities: []);
            Database.Outcomes.Save(no, [new EntryOutcome { EntryNo = 1 }]);
            Database.Receipts.Save(no, Receipt(), Transfer(1, state));
        }

        Database.Transfers.Forget(allBut: 1, listBytes: 1000, endedBefore: Now);

        Assert.Equal([nos[2], nos[0]], Reopened().Transfers.All().Select(t => t.No));
        Assert.Equal([1, 0, 1], nos.Select(no => (int)Database.Manifests.Count(no)));
        Assert.Equal([true, false, true], nos.Select(no => Database.Receipts.Find(no) is not null));
        Assert.Equal([1, 0, 1], nos.Select(no => Database.Outcomes.All(no).Count));
    }

    [Fact]
    public void Of_file_lists_so_many_bytes_are_kept_and_the_oldest_go_first()
    {
        // Each has two pages. The last ended just now, and of the one before alone there is too much.
        var lists = new (TransferState State, int Bytes, int Hours)[]
        {
            (TransferState.Paused, 100, -2), (TransferState.Completed, 100, -2), (TransferState.Completed, 100, -2),
            (TransferState.Completed, 100, -2), (TransferState.Completed, 201, -2), (TransferState.Cancelled, 300, 0),
        };
        var nos = new List<TransferNo>();
        foreach (var (state, bytes, hours) in lists)
        {
            var transfer = Transfer(nos.Count + 1, state) with { UpdatedAt = Now.AddHours(hours) };
            nos.Add(Database.Transfers.Add(transfer));
            Database.Manifests.Append(nos[^1], 0, new byte[bytes - 40], identities: []);
            Database.Manifests.Append(nos[^1], 1, new byte[40], identities: []);
            Database.Receipts.Save(nos[^1], Receipt(), transfer);
        }

        Database.Transfers.Forget(allBut: 10, listBytes: 200, endedBefore: Now.AddHours(-1));

        var reopened = Reopened();
        Assert.Equal([2, 0, 2, 2, 0, 2], nos.Select(no => (int)reopened.Manifests.Count(no)));
        Assert.All(nos, no => Assert.NotNull(reopened.Receipts.Find(no)));
        Assert.Equal(6, reopened.Transfers.All().Count);
    }

    [Fact]
    public void A_state_of_a_newer_program_is_refused_in_words()
    {
        Database.Transfers.Add(Transfer(1));
        using (var gate = SqliteGate.Open($"Data Source={DatabaseFile};Pooling=False", "test", Schema.Steps))
            gate.Write(c => Dapper.SqlMapper.Execute(c, "UPDATE transfers SET state = 'Teleporting'"));

        var refused = Assert.Throws<OpenShare.Device.Storage.StorageException>(() => Database.Transfers.All());

        Assert.Equal("The database holds 'Teleporting', which is no TransferState that this program knows. Update OpenShare.", refused.Message);
    }

    [Fact]
    public void Pages_of_a_file_list_are_taken_in_order_and_once()
    {
        var no = Database.Transfers.Add(Transfer(1));

        Assert.False(Database.Manifests.Append(no, 1, [1]));
        Assert.True(Database.Manifests.Append(no, 0, [0, 0]));
        Assert.False(Database.Manifests.Append(no, 0, [9]));
        Assert.True(Database.Manifests.Append(no, 1, [1, 1]));

        Assert.Equal(2u, Reopened().Manifests.Count(no));
        Assert.Equal([0, 0], Database.Manifests.Read(no, 0)!);
        Assert.Equal([1, 1], Database.Manifests.Read(no, 1)!);
        Assert.Null(Database.Manifests.Read(no, 2));
    }

    [Fact]
    public void What_a_file_was_when_it_was_hashed_comes_back_bit_for_bit()
    {
        var no = Database.Transfers.Add(Transfer(1, direction: TransferDirection.Sending));
        var identity = new FileIdentity(long.MaxValue, -1, long.MinValue, ulong.MaxValue, 1UL << 63);

        SourceIdentity[] first = [new(7, identity), new(9, default)], second = [new(uint.MaxValue, identity)];

        Database.Manifests.Append(no, 0, [0], identities: first);
        Database.Manifests.Append(no, 1, [0], identities: []);
        Database.Manifests.Append(no, 2, [0], identities: second);

        var held = Reopened().Manifests;
        Assert.Equal(first, held.Identities(no, 7));
        // One that starts here goes on over the page that has none.
        Assert.Equal(first, held.Identities(no, uint.MaxValue - 1));
        Assert.Equal(second, held.Identities(no, uint.MaxValue));
        Assert.Empty(held.Identities(no, 6));
    }

    [Fact]
    public void A_later_outcome_of_an_entry_replaces_the_earlier_one()
    {
        var no = Database.Transfers.Add(Transfer(1));
        var withdrawn = new EntryOutcome { EntryNo = 2, Outcome = EntryOutcome.Types.Outcome.Withdrawn, Detail = "it changed" };
        var stored = new EntryOutcome { EntryNo = 1, Outcome = EntryOutcome.Types.Outcome.Delivered, StoredAs = "photos (2)" };
        Database.Outcomes.Save(no, [new EntryOutcome { EntryNo = 1, Outcome = EntryOutcome.Types.Outcome.Refused, Detail = "no" }, withdrawn]);

        Database.Outcomes.Save(no, [stored]);

        Assert.Equal([stored, withdrawn], Reopened().Outcomes.All(no));
    }

    [Fact]
    public void A_chosen_name_comes_back_with_the_mark_of_its_file()
    {
        var no = Database.Transfers.Add(Transfer(1));
        var name = new ChosenName("photos", "photos (2)", new FileKey(ulong.MaxValue, Now.ToUnixTimeMilliseconds() * 1_000_000));
        Database.Outcomes.SaveNames(no, [name with { Name = "photos" }, name with { Top = "b", Name = "b" }], []);

        Database.Outcomes.SaveNames(no, [name], []);

        Assert.Equal([name with { Top = "b", Name = "b" }, name], Reopened().Outcomes.Names(no));
    }

    [Fact]
    public void A_receipt_and_its_transfers_end_are_kept_together()
    {
        var no = Database.Transfers.Add(Transfer(1));
        var receipt = Receipt();

        Database.Receipts.Save(no, receipt, Transfer(1, TransferState.Completed));

        Assert.Equal(receipt, Reopened().Receipts.Find(no));
        Assert.Equal(TransferState.Completed, Database.Transfers.Find(Transfer(1).Key)!.Value.Transfer.State);
        Assert.Null(Database.Receipts.Find(new TransferNo(no.Value + 1)));
    }

    [Fact]
    public void Only_given_receipts_that_the_sender_has_not_confirmed_are_to_be_delivered()
    {
        var numbers = new[] { Transfer(1), Transfer(2), Transfer(3, direction: TransferDirection.Sending) }.Select(Database.Transfers.Add).ToList();
        foreach (var (no, transfer) in Database.Transfers.All())
            Database.Receipts.Save(no, Receipt(), transfer with { State = TransferState.Completed });

        Database.Receipts.MarkConfirmed(numbers[0]);

        Assert.Equal([numbers[1]], Reopened().Receipts.Unconfirmed());
    }

    [Fact]
    public void Of_a_transfer_that_is_over_its_outcomes_and_its_receipt_with_the_file_list_stay()
    {
        var numbers = new[] { Transfer(1), Transfer(2), Transfer(3) }.Select(Database.Transfers.Add).ToList();
        var (delivered, cancelled, running) = (numbers[0], numbers[1], numbers[2]);
        foreach (var no in numbers)
        {
            Database.Manifests.Append(no, 0, [1], new ChunkSpan(0, 8), [new SourceIdentity(0, default)]);
            Database.Outcomes.Save(no, [new EntryOutcome { EntryNo = 1 }]);
            Database.Outcomes.SaveNames(no, [new ChosenName("a", "a", default)], []);
        }
        Database.Receipts.Save(delivered, Receipt(), Transfer(1, TransferState.Completed));

        Database.Transfers.DropWorkingState(delivered);
        Database.Transfers.DropWorkingState(cancelled);

        Reopened();
        Assert.Equal([1u, 0u, 1u], numbers.Select(Database.Manifests.Count));
        Assert.Equal([0, 0, 1], numbers.Select(no => Database.Chunks.Load(no).Count));
        Assert.Equal([0, 0, 1], numbers.Select(no => Database.Outcomes.Names(no).Count));
        Assert.Equal([1, 1, 1], numbers.Select(no => Database.Outcomes.All(no).Count));
        Assert.Equal([false, false, true], numbers.Select(no => Database.Manifests.Identities(no, 0).Count > 0));
        Assert.NotNull(Database.Receipts.Find(delivered));
    }

    private static FinalReceipt Receipt() => new() { Receipt = new Signed { Payload = Google.Protobuf.ByteString.CopyFromUtf8("receipt") } };

    private static void AssertSame(TransferRecord expected, TransferRecord actual)
    {
        Assert.Equal(expected with { Paths = [] }, actual with { Paths = [] });
        Assert.Equal(expected.Paths, actual.Paths.AsEnumerable());
    }
}
