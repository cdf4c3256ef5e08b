using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;
using Kind = OpenShare.Protocol.Transfer.Receipts.ReceiptRefusalKind;

namespace OpenShare.Protocol.Tests.Transfer.Receipts;

public sealed class ReceiptTests
{
    private static readonly Protocol.Transfer.Manifests.Manifest Manifest = Some.Read(Some.Pages());
    private static readonly Dictionary<uint, string> None = [];

    [Fact]
    public void A_receipt_is_checked_offline_and_against_its_transfer()
    {
        var receipt = Sign();
        Assert.IsType<ReceiptVerdict.Genuine>(ReceiptVerifier.Verify(receipt, Some.Trust));
        Assert.IsType<ReceiptVerdict.Genuine>(ReceiptVerifier.Verify(receipt, Some.Trust, Manifest, _ => false));
        var again = Receipt.Parse(Receipt.Read(receipt).ToText());
        Assert.Equal((5u, Some.Now), (again.EntryCount, again.CompletedAt));
    }

    [Fact]
    public void It_says_what_became_of_every_entry()
    {
        var receipt = Receipt.Read(Sign(
            new Dictionary<uint, string> { [1] = "changed while it was sent" },
            [new EntryNote.StoredAs(0, Some.Path("photos (2)")), new EntryNote.Refused(4, "the disk cannot hold this name")]));
        var text = ReceiptText.Describe(receipt, Manifest);
        Assert.Contains("3 delivered, 1 withdrawn by the sender, 1 refused by the receiver", text, StringComparison.Ordinal);
        Assert.Contains("photos: stored as photos (2)", text, StringComparison.Ordinal);
        Assert.Contains("photos/long.raw: withdrawn: changed while it was sent", text, StringComparison.Ordinal);
        Assert.Contains("photos/small: refused: the disk cannot hold this name", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_flipped_bit_makes_it_worthless()
    {
        var bytes = Sign().ToByteArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            var tampered = bytes.ToArray();
            tampered[at] ^= 1;
            FinalReceipt parsed;
            try
            {
                parsed = FinalReceipt.Parser.ParseFrom(tampered);
            }
            catch (InvalidProtocolBufferException)
            {
                continue;
            }
            Assert.IsType<ReceiptVerdict.Refused>(ReceiptVerifier.Verify(parsed, Some.Trust, Manifest, _ => false));
        }
    }

    [Fact]
    public void A_receipt_of_another_device_is_refused()
    {
        // A genuine device of the organisation, but not the receiver.
        Refused(Kind.OtherDevice, ReceiptSigner.Sign(Some.StrangerKey, Some.StrangerCertificate, Manifest, None, [], Some.Now));
        // The receiver's certificate shown by someone who has not its key.
        Refused(Kind.BadSignature, ReceiptSigner.Sign(Some.StrangerKey, Some.ReceiverCertificate, Manifest, None, [], Some.Now));
    }

    [Fact]
    public void A_receipt_whose_certificate_the_organisation_did_not_issue_is_refused()
    {
        var selfMade = DeviceCertificate.Issue(
            Some.ReceiverKey, 1, 1, Some.ReceiverKey.PublicKey, AccountId.Parse("acme"), "laptop", Some.Now, TimeSpan.FromDays(1));
        Refused(Kind.UnknownCertificate, ReceiptSigner.Sign(Some.ReceiverKey, selfMade, Manifest, None, [], Some.Now));
    }

    [Fact]
    public void A_receipt_from_outside_its_certificates_validity_is_refused() =>
        Refused(Kind.CertificateNotValid, ReceiptSigner.Sign(Some.ReceiverKey, Some.ReceiverCertificate, Manifest, None, [], Some.Now.AddYears(2)));

    [Fact]
    public void A_receipt_for_another_manifest_is_refused()
    {
        var other = Some.Read(Some.Pages(ManifestId.Parse(new string('7', 32))));
        Refused(Kind.OtherTransfer, ReceiptSigner.Sign(Some.ReceiverKey, Some.ReceiverCertificate, other, None, [], Some.Now));
        // The same manifest id over other files: the final page's hash tells.
        var builder = Some.Builder();
        var files = Some.Read([.. builder.File("x", 5), builder.Finish()]);
        Refused(Kind.OtherTransfer, ReceiptSigner.Sign(Some.ReceiverKey, Some.ReceiverCertificate, files, None, [], Some.Now));
    }

    [Fact]
    public void A_receipt_that_leaves_out_an_entry_is_refused()
    {
        Refused(Kind.WrongEntries, Forge(p => p.Outcomes[^1].Count--));
        Refused(Kind.Damaged, Forge(p => p.Outcomes[0].EntryNo = 1));
        Refused(Kind.Damaged, Forge(p => p.Outcomes.Clear()));
        Refused(Kind.Damaged, Forge(p => p.Outcomes[0].Outcome = 0));
        Refused(Kind.Damaged, Forge(p => p.Outcomes[0].Count = 0));
        Refused(Kind.Damaged, Forge(p => p.Outcomes[0].Count = uint.MaxValue));
        Refused(Kind.Damaged, Forge(p => p.Version = 2));
    }

    [Fact]
    public void A_receiver_cannot_call_withdrawn_what_the_sender_did_not_withdraw()
    {
        var receipt = Sign(new Dictionary<uint, string> { [1] = "so I say" });
        Assert.Equal(Kind.WrongEntries, Assert.IsType<ReceiptVerdict.Refused>(ReceiptVerifier.Verify(receipt, Some.Trust, Manifest, _ => false)).Kind);
        Assert.IsType<ReceiptVerdict.Genuine>(ReceiptVerifier.Verify(receipt, Some.Trust, Manifest, n => n == 1));
    }

    [Fact]
    public void A_receipt_over_many_entries_is_small_and_one_with_many_refusals_loses_its_words_first()
    {
        var builder = Some.Builder();
        List<Signed> pages = [.. Enumerable.Range(0, 20_000).SelectMany(i => builder.File($"f{i}", 0)), builder.Finish()];
        var manifest = Some.Read(pages);
        EntryNote.NotStored[] Notes(int refused) =>
            [.. Enumerable.Range(0, refused).Select(i => new EntryNote.Refused(2 * (uint)i, "a reason of its own: " + new string('r', 40)))];
        FinalReceipt For(int refused) => ReceiptSigner.Sign(Some.ReceiverKey, Some.ReceiverCertificate, manifest, None, Notes(refused), Some.Now);

        Assert.InRange(For(0).Receipt.Payload.Length, 1, 200);
        Assert.Contains("a reason", Receipt.Read(For(1000)).Outcomes[0].Detail, StringComparison.Ordinal);
        Assert.Equal(3000, Receipt.Read(For(3000)).Count(EntryOutcome.Types.Outcome.Refused));
        Assert.Empty(Receipt.Read(For(3000)).Outcomes[0].Detail);
        Assert.Throws<ProtocolException>(() => For(10_000));
        // It is known before anything is put in its place.
        Assert.All([0, 1000, 3000], refused => Assert.True(ReceiptSigner.Fits(manifest, None, Notes(refused))));
        Assert.False(ReceiptSigner.Fits(manifest, None, Notes(10_000)));
    }

    private static FinalReceipt Sign(IReadOnlyDictionary<uint, string>? withdrawn = null, IReadOnlyList<EntryNote>? notes = null) =>
        ReceiptSigner.Sign(Some.ReceiverKey, Some.ReceiverCertificate, Manifest, withdrawn ?? None, notes ?? [], Some.Now);

    private static FinalReceipt Forge(Action<ReceiptPayload> change)
    {
        var payload = ReceiptPayload.Parser.ParseFrom(Sign().Receipt.Payload);
        change(payload);
        return new FinalReceipt { Receipt = SignedBlobs.Sign(Some.ReceiverKey, SignatureContext.Receipt, payload), Certificate = Some.ReceiverCertificate.Blob };
    }

    private static void Refused(Kind expected, FinalReceipt receipt)
    {
        var refused = Assert.IsType<ReceiptVerdict.Refused>(ReceiptVerifier.Verify(receipt, Some.Trust, Manifest, _ => false));
        Assert.Equal(expected, refused.Kind);
        Assert.NotEmpty(refused.Message);
    }
}
