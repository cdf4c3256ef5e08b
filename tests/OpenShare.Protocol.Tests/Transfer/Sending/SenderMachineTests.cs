using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Sending;
using OpenShare.Protocol.Wire;
using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

public sealed partial class SenderMachineTests
{
    private static readonly TransferTuning Small = new() { Streams = 2, Window = 2, PageWindow = 2, FrameBytes = 1000, FrameChunks = 4 };
    private static readonly SenderSetup Setup = new(Some.Transfer, Some.Manifest, Some.Sender, Some.Receiver, Some.SenderKey, Some.Trust, Small);

    // photos/ (0), long.raw with chunks 0-39 over the pages 0 (0-15), 1 (16-31), 2 (32-39 and, with photos/small, 40).
    private static readonly List<Signed> Pages = Some.Pages();
    private static readonly Protocol.Transfer.Manifests.Manifest Manifest = Some.Read(Pages);

    private readonly SenderMachine _machine = new(Setup);
    private DateTimeOffset _now = Some.Now;

    [Fact]
    public void A_new_transfer_sends_its_first_page_and_chunks_without_waiting()
    {
        Expect(Do(new SenderInput.Started()));
        Expect(Do(new SenderInput.LinkUp()), "open 2 streams");
        Expect(Do(new SenderInput.StreamUp(1)));
        Expect(Do(new SenderInput.PageBuilt(Pages[0])), "page 0", "frame 1: 0", "frame 1: 1");
        Expect(Do(new SenderInput.StreamUp(2)), "frame 2: 2", "frame 2: 3");
        Expect(Receive(Answered(Answer.Accepted)), "=Sending");
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)])));
        Expect(Receive(Acked(1)), "frame 1: 4");
        Expect(Do(new SenderInput.PageBuilt(Pages[1])), "page 1");
    }

    [Fact]
    public void What_the_receiver_has_does_not_travel()
    {
        Begin();
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 1), new(9, 2)])), "=Sending", "page 2", "frame 2: 9", "frame 1: 10", "frame 2: 16");
        Assert.Equal(10_000, _machine.Progress.BytesReused); // 4-8 and 11-15; 1, 2 and 3 had been sent
    }

    [Fact]
    public void What_the_receiver_is_likely_to_have_waits_for_its_list()
    {
        var machine = new SenderMachine(Setup with { AwaitsLists = true });
        machine.Handle(new SenderInput.LinkUp(), _now);
        machine.Handle(new SenderInput.StreamUp(1), _now);
        Expect(Pages.SelectMany(p => machine.Handle(new SenderInput.PageBuilt(p), _now)), "page 0", "page 1");
        machine.Handle(new SenderInput.StreamUp(2), _now);
        Expect(machine.Handle(new SenderInput.Received(TransferMessages.Missing(Some.Transfer, 0, [new(7, 1)])), _now), "=Sending", "page 2", "frame 1: 7");
        Expect(machine.Handle(new SenderInput.Received(TransferMessages.Missing(Some.Transfer, 1, [])), _now));
        Assert.Equal(31_000, machine.Progress.BytesReused);
        // A list that never comes is asked for.
        _now = Assert.NotNull(machine.NextTimeout);
        Expect(machine.Handle(new SenderInput.TimedOut(), _now), "-> TransferResumed");
    }

    [Fact]
    public void A_page_that_may_be_there_waits_for_its_list_and_the_others_do_not()
    {
        Expect(Do(new SenderInput.LinkUp()), "open 2 streams");
        Expect(Do(new SenderInput.StreamUp(1)));
        Expect(Do(new SenderInput.PageBuilt(Pages[0], MayBeThere: true)), "page 0");
        Expect(Do(new SenderInput.PageBuilt(Pages[1])), "page 1", "frame 1: 16", "frame 1: 17");
        Expect(Do(new SenderInput.StreamUp(2)), "frame 2: 18", "frame 2: 19");
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 0, [new(7, 1)])), "=Sending");
        Expect(Receive(Acked(16)), "frame 1: 7");
        Assert.Equal(15_000, _machine.Progress.BytesReused);
    }

    [Fact]
    public void Small_chunks_share_a_frame_and_a_large_one_travels_alone()
    {
        var builder = Some.Builder();
        List<Signed> pages = [.. builder.File("small", 5, 300), .. builder.File("large", 2, 5000), .. builder.File("end", 1, 10), builder.Finish()];
        Do(new SenderInput.PageBuilt(Assert.Single(pages)));
        Do(new SenderInput.LinkUp());
        Expect(Do(new SenderInput.StreamUp(1)), "frame 1: 0-2", "frame 1: 3-4");
        Expect(Do(new SenderInput.StreamUp(2)), "frame 2: 5", "frame 2: 6");
        Expect(Receive(Acked(0, 1)));
        Expect(Receive(Acked(2)), "frame 1: 7");
    }

    [Fact]
    public void Pages_do_not_run_away_from_the_receiver()
    {
        Do(new SenderInput.LinkUp());
        Expect(Pages.SelectMany(p => Do(new SenderInput.PageBuilt(p))), "page 0", "page 1");
        Expect(Receive(TransferMessages.Missing(Some.Transfer, 0, [])), "=Sending", "page 2");
    }

    [Fact]
    public void A_refused_chunk_is_sent_again_and_its_file_given_up_when_it_never_matches()
    {
        Begin();
        Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)]));
        Expect(Receive(TransferMessages.Refused(Some.Transfer, 0)), "frame 1: 0");
        Expect(Receive(TransferMessages.Refused(Some.Transfer, 0)), "frame 1: 0");
        Expect(Receive(TransferMessages.Refused(Some.Transfer, 0)), "keep withdrawal 1", "-> EntryChanged", "frame 1: 40");
        Assert.Contains("no longer", _machine.Withdrawn[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_file_is_left_out_by_a_signed_notice()
    {
        Begin();
        Expect(Do(new SenderInput.EntryChanged(1, "it changed")), "keep withdrawal 1", "-> EntryChanged");
        Expect(Do(new SenderInput.EntryChanged(1, "again")));
        Assert.Equal(40_000, _machine.Progress.BytesLeftOut);
    }

    [Fact]
    public void Success_needs_a_verified_receipt_that_is_kept()
    {
        SendAll();
        Assert.Equal(SenderState.AwaitingReceipt, _machine.State);
        Expect(Receive(Delivered(Manifest)), "keep receipt");
        Assert.Equal(SenderState.AwaitingReceipt, _machine.State);
        Assert.Null(_machine.Receipt);
        Expect(Do(new SenderInput.Cancelled("too late")));
        Expect(Do(new SenderInput.ReceiptStored()), "=Completed", "-> ReceiptConfirmed");
        Assert.NotNull(_machine.Receipt);
        // The confirmation was lost: the receiver delivers again.
        Expect(Receive(Delivered(Manifest)), "-> ReceiptConfirmed");
    }

    [Fact]
    public void Nothing_but_a_verified_receipt_makes_success()
    {
        SendAll();
        Expect(Do(new SenderInput.ReceiptStored()));
        Expect(Receive(new Control { ReceiptConfirmed = new ReceiptConfirmed { TransferId = Id() } }));
        Assert.Equal(SenderState.AwaitingReceipt, _machine.State);
    }

    public static TheoryData<string> BadReceipts => [.. Bad.Keys];

    private static readonly Dictionary<string, Func<FinalReceipt?>> Bad = new()
    {
        ["none"] = () => null,
        ["empty"] = () => new FinalReceipt(),
        ["tampered"] = () => Tampered(),
        ["of another device"] = () => ReceiptSigner.Sign(Some.StrangerKey, Some.StrangerCertificate, Manifest, new Dictionary<uint, string>(), [], Some.Now),
        ["for another manifest"] = () => Sign(Some.Read(Some.Pages(ManifestId.Parse(new string('7', 32))))),
        ["that calls all withdrawn"] = () => Sign(Manifest, Enumerable.Range(0, 5).ToDictionary(i => (uint)i, _ => "no")),
    };

    [Theory]
    [MemberData(nameof(BadReceipts))]
    public void A_bad_receipt_ends_the_transfer_as_failed(string which)
    {
        SendAll();
        Expect(Receive(TransferMessages.Receipt(Some.Transfer, Bad[which]() ?? new FinalReceipt())), "=Failed", "-> TransferCancelled");
        Assert.Null(_machine.Receipt);
        Assert.NotEmpty(_machine.Reason);
    }

    [Fact]
    public void A_receipt_before_the_last_page_is_no_receipt()
    {
        Do(new SenderInput.LinkUp());
        Do(new SenderInput.PageBuilt(Pages[0]));
        Expect(Receive(Delivered(Manifest)), "=Failed", "-> TransferCancelled");
    }

    public static TheoryData<string> Garbage => [.. Lies.Keys];

    private static readonly Dictionary<string, Control> Lies = new()
    {
        ["a page that does not exist"] = TransferMessages.Wanted(Some.Transfer, 4),
        ["missing of a page that does not exist"] = TransferMessages.Missing(Some.Transfer, 9, []),
        ["missing chunks of another page"] = TransferMessages.Missing(Some.Transfer, 0, [new(15, 2)]),
        ["an empty range"] = TransferMessages.Missing(Some.Transfer, 0, [new(3, 0)]),
        ["a range beyond all numbers"] = new Control { ChunksAcknowledged = new ChunksAcknowledged { TransferId = Id(), Chunks = { new OrdinalRange { First = 1, Count = ulong.MaxValue } } } },
        ["an ack of a chunk that does not exist"] = Acked(41),
        ["a refusal of a chunk that does not exist"] = TransferMessages.Refused(Some.Transfer, long.MaxValue),
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public void Garbage_ends_the_transfer_with_a_reason(string which)
    {
        SendAll();
        Expect(Receive(Lies[which]), "=Failed", "-> TransferCancelled");
        Assert.NotEmpty(_machine.Reason);
    }

    [Fact]
    public void Messages_of_other_transfers_and_of_no_link_are_ignored()
    {
        Begin();
        var other = TransferMessages.Cancelled(TransferId.Parse(new string('1', 32)), "not you");
        Expect(Receive(other));
        Expect(Receive(new Control()));
        Expect(Receive(new Control { TransferCancelled = new TransferCancelled() }));
        Do(new SenderInput.LinkLost());
        Expect(Receive(Answered(Answer.Declined)));
        Assert.Equal(SenderState.Offering, _machine.State);
    }

    [Fact]
    public void The_receivers_no_is_the_end()
    {
        Begin();
        Expect(Receive(Answered(Answer.Declined)), "=Declined");
        Expect(Receive(Answered(Answer.Accepted)));
        Expect(Do(new SenderInput.StreamUp(3)), "close 3");
        Assert.True(_machine.IsSettled);
    }

    [Fact]
    public void A_cancel_without_a_link_is_told_when_there_is_one()
    {
        Begin();
        Do(new SenderInput.LinkLost());
        Expect(Do(new SenderInput.Cancelled("enough")), "=Cancelled");
        Assert.False(_machine.IsSettled);
        Expect(Do(new SenderInput.LinkUp()), "-> TransferCancelled");
        Assert.True(_machine.IsSettled);
    }

    [Fact]
    public void Whoever_refuses_this_device_is_owed_no_word_and_is_told_where_there_is_a_link_after_all()
    {
        Begin();
        Do(new SenderInput.LinkLost());
        Expect(Do(new SenderInput.LinkRefused("revoked")), "=Cancelled");
        Assert.Equal(("revoked", true), (_machine.Reason, _machine.IsSettled));
        Expect(Do(new SenderInput.LinkUp()), "-> TransferCancelled");
    }

    [Fact]
    public void Nor_is_one_that_refuses_it_before_the_word_was_said()
    {
        Begin();
        Do(new SenderInput.LinkLost());
        Do(new SenderInput.Cancelled("enough"));
        Expect(Do(new SenderInput.LinkRefused("revoked")));
        Assert.Equal(("enough", true), (_machine.Reason, _machine.IsSettled));
    }

    [Fact]
    public void An_abandoned_file_is_withdrawn_as_its_page_is_built()
    {
        var builder = Some.Builder();
        builder.BeginFile(Some.Path("shrinks"), 30_000, 0, 0);
        var pages = Enumerable.Range(0, 20).SelectMany(i => builder.AddChunk(Some.Hash(i), 1000) is { } page ? new[] { page } : []).ToList();
        builder.AbandonFile();
        pages.Add(builder.Finish());
        Do(new SenderInput.LinkUp());
        Expect(pages.SelectMany(p => Do(new SenderInput.PageBuilt(p))), "page 0", "keep withdrawal 0", "-> EntryChanged", "page 1");
    }

    private void Begin()
    {
        Do(new SenderInput.Started());
        Do(new SenderInput.LinkUp());
        foreach (var page in Pages)
            Do(new SenderInput.PageBuilt(page));
        Do(new SenderInput.StreamUp(1));
        Do(new SenderInput.StreamUp(2));
    }

    private void SendAll()
    {
        Begin();
        for (var page = 0; page < Pages.Count; page++)
            Receive(TransferMessages.Missing(Some.Transfer, page, []));
    }

    private IReadOnlyList<SenderEffect> Do(SenderInput input) => _machine.Handle(input, _now);

    private IReadOnlyList<SenderEffect> Receive(Control message) => Do(new SenderInput.Received(message));

    private static void Expect(IEnumerable<SenderEffect> effects, params string[] lines) => Assert.Equal(lines, Lines.Of(effects));

    private static Control Acked(params long[] ordinals) => TransferMessages.Acknowledged(Some.Transfer, ChunkRanges.Pack(ordinals));

    private static Control Answered(Answer answer) => TransferMessages.Answer(Some.Transfer, answer, "because");

    private static Control Delivered(Protocol.Transfer.Manifests.Manifest manifest) => TransferMessages.Receipt(Some.Transfer, Sign(manifest));

    private static FinalReceipt Sign(Protocol.Transfer.Manifests.Manifest manifest, Dictionary<uint, string>? withdrawn = null) =>
        ReceiptSigner.Sign(Some.ReceiverKey, Some.ReceiverCertificate, manifest, withdrawn ?? [], [], Some.Now);

    private static FinalReceipt Tampered()
    {
        var receipt = Sign(Manifest);
        receipt.Receipt.Payload = Some.Flip(receipt.Receipt.Payload, receipt.Receipt.Payload.Length - 1);
        return receipt;
    }

    private static Google.Protobuf.ByteString Id() => Google.Protobuf.ByteString.CopyFrom(Some.Transfer.ToBytes());
}
