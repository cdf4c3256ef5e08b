using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;

namespace OpenShare.Protocol.Transfer.Receipts;

/// <summary>What is to be said of an entry that was not simply stored under its own path.</summary>
public abstract record EntryNote(uint EntryNumber)
{
    /// <summary>It is there, under another path; what lies in a directory follows it and needs no note of its own.</summary>
    public sealed record StoredAs(uint EntryNumber, RelativePath Path, string Detail = "") : EntryNote(EntryNumber);

    /// <summary>The very same stood there before, and was left as it is.</summary>
    public sealed record AlreadyThere(uint EntryNumber) : EntryNote(EntryNumber);

    /// <summary>It is not there, for a reason that a person can read.</summary>
    public abstract record NotStored(uint EntryNumber, string Reason) : EntryNote(EntryNumber);

    /// <summary>The destination could not hold it.</summary>
    public sealed record Refused(uint EntryNumber, string Reason) : NotStored(EntryNumber, Reason);

    /// <summary>Its name is taken, and the sender wants nothing written there.</summary>
    public sealed record Skipped(uint EntryNumber, string Reason) : NotStored(EntryNumber, Reason);
}

/// <summary>Makes the receipt of a finished transfer, on the receiver.</summary>
public static class ReceiptSigner
{
    public const string TooLarge = "So many entries could not be stored that the receipt for them would be too large. Send the folder in parts.";

    private const string AlreadyThere = "already there";

    // Each entry that is not there makes two runs at most, with what is around it, of 16 bytes.
    private const int AlwaysFit = Limits.SignedPayload / 64;

    /// <param name="signer">the receiver's key</param>
    /// <param name="certificate">the receiver's certificate</param>
    /// <param name="manifest">complete</param>
    /// <param name="withdrawn">reasons by entry number</param>
    /// <param name="notes">by entry number; every entry neither here nor withdrawn is stored under its own path</param>
    /// <exception cref="ProtocolException">so many entries differ from their neighbours that the receipt does not fit one record</exception>
    public static FinalReceipt Sign(
        ISigner signer, DeviceCertificate certificate, Manifest manifest, IReadOnlyDictionary<uint, string> withdrawn, IEnumerable<EntryNote> notes, DateTimeOffset now)
    {
        var byEntry = notes.ToDictionary(n => n.EntryNumber);
        var payload = Payload(manifest, withdrawn, byEntry, texts: true, now);
        // The words are a convenience; what became of each entry is the receipt.
        if (payload.CalculateSize() > Limits.SignedPayload)
            payload = Payload(manifest, withdrawn, byEntry, texts: false, now);
        if (payload.CalculateSize() > Limits.SignedPayload)
            throw new ProtocolException(TooLarge);
        return new FinalReceipt { Receipt = SignedBlobs.Sign(signer, SignatureContext.Receipt, payload), Certificate = certificate.Blob };
    }

    /// <summary>Whether there can be a receipt for what is known before anything is put in its place.</summary>
    public static bool Fits(Manifest manifest, IReadOnlyDictionary<uint, string> withdrawn, IReadOnlyCollection<EntryNote.NotStored> notStored) =>
        withdrawn.Count + notStored.Count < AlwaysFit
        || Payload(manifest, withdrawn, notStored.ToDictionary(n => n.EntryNumber, EntryNote (n) => n), texts: false, DateTimeOffset.MaxValue).CalculateSize() <= Limits.SignedPayload;

    private static ReceiptPayload Payload(
        Manifest manifest, IReadOnlyDictionary<uint, string> withdrawn, Dictionary<uint, EntryNote> notes, bool texts, DateTimeOffset now)
    {
        var payload = new ReceiptPayload
        {
            Version = Receipt.CurrentVersion,
            ManifestId = ByteString.CopyFrom(manifest.Id.ToBytes()),
            FinalPageSha256 = ByteString.CopyFrom(manifest.Pages[^1].PayloadSha256.Span),
            Sender = ByteString.CopyFrom(manifest.Sender.ToBytes()),
            Receiver = ByteString.CopyFrom(manifest.Receiver.ToBytes()),
            CompletedAt = now.ToUnixTimeSeconds(),
        };
        for (var number = 0u; number < manifest.Entries.Count; number++)
        {
            var outcome = OutcomeOf(number);
            if (!texts)
                outcome.StoredAs = outcome.Detail = "";
            if (payload.Outcomes.Count > 0 && IsSame(payload.Outcomes[^1], outcome))
                payload.Outcomes[^1].Count++;
            else
                payload.Outcomes.Add(outcome);
        }
        return payload;

        EntryOutcome OutcomeOf(uint number) => withdrawn.TryGetValue(number, out var reason)
            ? new EntryOutcome { EntryNo = number, Count = 1, Outcome = Outcome.Withdrawn, Detail = Printable.Shorten(reason) }
            : notes.GetValueOrDefault(number) switch
            {
                EntryNote.Refused refused => new EntryOutcome { EntryNo = number, Count = 1, Outcome = Outcome.Refused, Detail = Printable.Shorten(refused.Reason) },
                EntryNote.Skipped skipped => new EntryOutcome { EntryNo = number, Count = 1, Outcome = Outcome.Skipped, Detail = Printable.Shorten(skipped.Reason) },
                EntryNote.AlreadyThere => new EntryOutcome { EntryNo = number, Count = 1, Outcome = Outcome.Delivered, Detail = AlreadyThere },
                EntryNote.StoredAs stored => new EntryOutcome { EntryNo = number, Count = 1, Outcome = Outcome.Delivered, StoredAs = stored.Path.Value, Detail = stored.Detail },
                _ => new EntryOutcome { EntryNo = number, Count = 1, Outcome = Outcome.Delivered },
            };
    }

    private static bool IsSame(EntryOutcome one, EntryOutcome other) =>
        one.Outcome == other.Outcome && one.StoredAs.Length == 0 && other.StoredAs.Length == 0 && one.Detail == other.Detail;
}
