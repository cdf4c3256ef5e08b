using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;
using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;

namespace OpenShare.Protocol.Tests.Transfer.Receiving;

/// <summary>Messages for a transfer that the receiver knows nothing of: one kind begins it, none of the others leaves a trace.</summary>
public sealed class FirstWordTests
{
    private static readonly List<Signed> Pages = Some.Pages();

    public static TheoryData<string> Liars => [.. Lies.Keys];

    private static readonly Dictionary<string, Signed?> Lies = new()
    {
        ["no page"] = null,
        ["a page that is none"] = new Signed(),
        ["a page by somebody else"] = SignedBlobs.Sign(Some.StrangerKey, SignatureContext.ManifestPage, ManifestPagePayload.Parser.ParseFrom(Pages[0].Payload)),
        ["a page altered on the way"] = new Signed(Pages[0]) { Payload = Some.Flip(Pages[0].Payload, 9) },
        ["a page for somebody else"] = Some.Forge(Pages[0], p => p.Receiver = p.Sender),
        ["a page with a hostile name"] = Some.Forge(Pages[0], p => p.Entries[0].Path = "../photos"),
        ["a page without entries"] = Some.Forge(Pages[0], p => p.Entries.Clear()),
    };

    [Fact]
    public void A_first_page_that_verifies_begins_it() => Assert.IsType<FirstWord.Opens>(Judge(TransferMessages.Offer(Some.Transfer, Pages[0])));

    [Fact]
    public void One_who_is_further_is_asked_for_his_first_page()
    {
        foreach (var message in new[] { TransferMessages.Offer(Some.Transfer, Pages[1]), TransferMessages.Resumed(Some.Transfer, Some.Manifest) })
        {
            var reply = Assert.IsType<FirstWord.Early>(Judge(message)).Reply;
            Assert.Equal((Some.Transfer, 0u), (TransferMessages.TransferOf(reply)!.Value, reply.PageWanted.PageIndex));
        }
    }

    [Theory]
    [MemberData(nameof(Liars))]
    public void What_is_no_page_of_this_sender_for_this_receiver_is_refused_and_he_is_told_why(string which)
    {
        var refused = Assert.IsType<FirstWord.Refused>(Judge(new Control { ManifestOffer = new ManifestOffer { TransferId = TransferMessages.Offer(Some.Transfer, Pages[0]).ManifestOffer.TransferId, Page = Lies[which] } }));

        Assert.Equal(Answer.Failed, refused.Reply.TransferAnswer.Answer);
        Assert.Equal(refused.Reason, refused.Reply.TransferAnswer.Detail);
        Assert.NotEmpty(refused.Reason);
    }

    [Fact]
    public void Anything_else_says_nothing_without_its_transfer()
    {
        Assert.IsType<FirstWord.Stray>(Judge(TransferMessages.Confirmed(Some.Transfer)));
        Assert.IsType<FirstWord.Stray>(Judge(TransferMessages.Changed(Some.Transfer, EntryChange.Sign(Some.SenderKey, Some.Manifest, 1, "gone"))));
        Assert.IsType<FirstWord.Stray>(Judge(new Control { ManifestOffer = new ManifestOffer { Page = Pages[0] } }));
    }

    [Fact]
    public void Sizes_beyond_all_disks_are_added_up_without_an_end()
    {
        var vast = Some.Forge(Pages[0], p =>
        {
            p.Entries.Clear();
            var chunk = new ChunkRef { Sha256 = Google.Protobuf.ByteString.CopyFrom(Some.Hash(0)), Length = 1 };
            p.Entries.Add(new ManifestEntry { EntryNo = 0, Path = "a", Kind = EntryKind.EntryFile, Size = 1, Chunks = { chunk } });
            p.Entries.Add(new ManifestEntry { EntryNo = 1, Path = "b", Kind = EntryKind.EntryFile, Size = long.MaxValue });
        });

        Assert.Equal(long.MaxValue, Some.Read([vast]).Pages[0].NewBytes);
    }

    private static FirstWord Judge(Control message) => FirstWord.Judge(message, Some.SenderKey.PublicKey, Some.Sender, Some.Receiver);
}
