using Google.Protobuf;
using OpenShare.Device.Hosting;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>A genuine device of the account that sends other bytes than it announced, or receipts that are none.</summary>
[Collection(Processes.Name)]
public sealed class DishonestPeerTests(Prey prey) : IClassFixture<Prey>
{
    private const Control.KindOneofCase Refused = Control.KindOneofCase.ChunkRefused;

    public enum Forgery
    {
        None,
        AlteredAfterSigning,
        SignedByAnotherKey,
        NamesAnotherReceiver,
        ForAnotherTransfer,
        ForAnotherFileList,
        LeavesOutAnEntry,
        NamesAnEntryTooMany,
        CallsWithdrawnWhatWasNot,
        WithoutSignature,
        WithAlteredCertificate,
    }

    [Fact]
    public async Task A_tampered_chunk_is_refused_and_sent_right_is_taken()
    {
        var (announced, tampered) = Contents(700_000);
        using var sender = await HostilePeer.Take(prey.Bad).SendToAsync(prey.Honest);
        Assert.Equal(Answer.Accepted, (await sender.OfferAsync(HostileSender.File("second try", announced)))?.Answer);

        await sender.SendChunkAsync(tampered);
        Assert.NotNull(await sender.NextAsync(Refused));
        Assert.False(Path.Exists(prey.Honest.Received("second try")));
        await sender.SendChunkAsync(announced);

        Assert.NotNull(await sender.NextAsync(Control.KindOneofCase.Receipt));
        Assert.Equal(announced, await File.ReadAllBytesAsync(prey.Honest.Received("second try")));
    }

    [Fact]
    public async Task One_who_sends_nothing_but_tampered_chunks_is_given_up_and_his_file_never_placed()
    {
        var (announced, tampered) = Contents(50_000);
        using var sender = await HostilePeer.Take(prey.Bad).SendToAsync(prey.Honest);
        Assert.Equal(Answer.Accepted, (await sender.OfferAsync(HostileSender.File("never right", announced)))?.Answer);

        Control? verdict;
        do
        {
            await sender.SendChunkAsync(tampered);
            verdict = await sender.NextAsync(Refused, Control.KindOneofCase.TransferAnswer, Control.KindOneofCase.Receipt);
        }
        while (verdict?.KindCase == Refused);

        Assert.Equal(Answer.Failed, verdict?.TransferAnswer?.Answer);
        Assert.Contains("never right", verdict!.TransferAnswer.Detail, StringComparison.Ordinal);
        await Transfers.AssertNothingStagedAsync(prey.Honest);
        Assert.False(Path.Exists(prey.Honest.Received("never right")));
        Assert.Equal("failed", (await prey.Honest.NewestTransferAsync())?.Text("state"));
    }

    [Theory]
    [InlineData(Forgery.AlteredAfterSigning, "not signed by the receiving device, or was altered")]
    [InlineData(Forgery.SignedByAnotherKey, "not signed by the receiving device")]
    [InlineData(Forgery.WithoutSignature, "not signed by the receiving device")]
    [InlineData(Forgery.NamesAnotherReceiver, "but its certificate is that of")]
    [InlineData(Forgery.ForAnotherTransfer, "for another transfer")]
    [InlineData(Forgery.ForAnotherFileList, "for another transfer")]
    [InlineData(Forgery.LeavesOutAnEntry, "1 entries; 2 were sent")]
    [InlineData(Forgery.NamesAnEntryTooMany, "3 entries; 2 were sent")]
    [InlineData(Forgery.CallsWithdrawnWhatWasNot, "withdrawn, which it was not")]
    [InlineData(Forgery.WithAlteredCertificate, "not issued by your organisation")]
    public async Task A_tampered_receipt_is_no_success(Forgery forgery, string words)
    {
        var sent = (await SendAsync(forgery)).EndedWith(1).Said(words);

        Assert.Equal("failed", sent.Json.Text("state"));
        Assert.True(sent.Json.IsNull("receipt"));
        (await prey.Honest.RunAsync("receipt", "show", sent.Json.Text("transfer_id")!)).EndedWith(1);
    }

    // What these tests conclude from a refusal holds only if the same program with an honest receipt is believed.
    [Fact]
    public async Task The_same_receiver_with_an_honest_receipt_is_believed() => (await SendAsync(Forgery.None)).EndedWith(0);

    [Fact]
    public async Task What_the_receiver_could_not_store_is_named()
    {
        var peer = HostilePeer.Take(prey.Bad);
        using var receiver = HostileReceiver.Listen(peer, honest =>
        {
            honest.Outcomes[0].Count = 1;
            honest.Outcomes.Add(new EntryOutcome { EntryNo = 1, Count = 1, Outcome = EntryOutcome.Types.Outcome.Refused, Detail = "its disk knows no such names" });
            return peer.Sign(honest);
        });

        var sent = (await SendAsync(receiver, "refused")).EndedWith(1).Said("refused/empty: its disk knows no such names");

        Assert.Equal("incomplete", sent.Json.Text("state"));
    }

    private static (byte[] Announced, byte[] Tampered) Contents(int length)
    {
        var announced = new byte[length];
        new Random(length).NextBytes(announced);
        byte[] tampered = [.. announced];
        tampered[length / 2] ^= 1;
        return (announced, tampered);
    }

    private async Task<CommandResult> SendAsync(Forgery forgery)
    {
        var peer = HostilePeer.Take(prey.Bad);
        using var receiver = HostileReceiver.Listen(peer, honest => Forge(peer, forgery, honest));
        return await SendAsync(receiver, $"{forgery}");
    }

    private Task<CommandResult> SendAsync(HostileReceiver receiver, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(prey.Path, name)).FullName;
        Samples.MakeFile(Path.Combine(folder, "empty"), 0);
        return prey.Honest.RunAsync("send", folder, "--to", receiver.Address, "--json");
    }

    private static FinalReceipt Forge(HostilePeer self, Forgery forgery, ReceiptPayload receipt)
    {
        switch (forgery)
        {
            case Forgery.AlteredAfterSigning:
                var altered = self.Sign(receipt);
                receipt.CompletedAt--;
                altered.Receipt.Payload = receipt.ToByteString();
                return altered;
            case Forgery.SignedByAnotherKey:
                return self.Sign(receipt, SigningKey.Create(new SystemRandom()));
            case Forgery.WithoutSignature:
                var unsigned = self.Sign(receipt);
                unsigned.Receipt.Signature = ByteString.Empty;
                return unsigned;
            case Forgery.WithAlteredCertificate:
                var dressed = self.Sign(receipt);
                dressed.Certificate = Tampering.Rename(dressed.Certificate);
                return dressed;
            case Forgery.NamesAnotherReceiver:
                receipt.Receiver = receipt.Sender;
                break;
            case Forgery.ForAnotherTransfer:
                receipt.ManifestId = ByteString.CopyFrom(new byte[16]);
                break;
            case Forgery.ForAnotherFileList:
                receipt.FinalPageSha256 = ByteString.CopyFrom(new byte[32]);
                break;
            case Forgery.LeavesOutAnEntry:
                receipt.Outcomes[0].Count--;
                break;
            case Forgery.NamesAnEntryTooMany:
                receipt.Outcomes[0].Count++;
                break;
            case Forgery.CallsWithdrawnWhatWasNot:
                receipt.Outcomes[0].Outcome = EntryOutcome.Types.Outcome.Withdrawn;
                break;
        }
        return self.Sign(receipt);
    }
}
