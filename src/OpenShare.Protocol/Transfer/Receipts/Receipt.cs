using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;

namespace OpenShare.Protocol.Transfer.Receipts;

/// <summary>
/// The receiver's signed word on what became of every entry of a manifest, parsed: well formed, its outcomes without
/// a gap. Parsed is not trusted: <see cref="ReceiptVerifier"/> is asked for that.
/// </summary>
public sealed class Receipt
{
    public const uint CurrentVersion = 1;

    private Receipt(FinalReceipt blob, ReceiptPayload payload)
    {
        Blob = blob;
        if (payload.Version != CurrentVersion)
            throw new ProtocolException($"This receipt is of version {payload.Version}; this program knows version {CurrentVersion}. Update OpenShare.");
        ManifestId = ManifestId.FromBytes(payload.ManifestId.Span);
        if (payload.FinalPageSha256.Length != 32)
            throw new ProtocolException("This receipt does not say which file list it is for.");
        FinalPageSha256 = payload.FinalPageSha256.Memory;
        Sender = DeviceId.FromBytes(payload.Sender.Span);
        Receiver = DeviceId.FromBytes(payload.Receiver.Span);
        CompletedAt = UnixTime.Read(payload.CompletedAt, "time of completion");
        Outcomes = payload.Outcomes;
        EntryCount = CountEntries(payload.Outcomes);
        Certificate = DeviceCertificate.Read(blob.Certificate);
    }

    /// <summary>The receipt as it travels and is kept, with the receiver's certificate.</summary>
    public FinalReceipt Blob { get; }

    public ManifestId ManifestId { get; }

    public ReadOnlyMemory<byte> FinalPageSha256 { get; }

    public DeviceId Sender { get; }

    public DeviceId Receiver { get; }

    public DateTimeOffset CompletedAt { get; }

    public DeviceCertificate Certificate { get; }

    /// <summary>Every entry once, in order, as runs.</summary>
    public IReadOnlyList<EntryOutcome> Outcomes { get; }

    public uint EntryCount { get; }

    /// <summary>Nothing is missing against the sender's wish: all was delivered, or skipped since he wanted that.</summary>
    public bool IsWhole => Outcomes.All(o => o.Outcome is Outcome.Delivered or Outcome.Skipped);

    public long Count(Outcome outcome) => Outcomes.Where(o => o.Outcome == outcome).Sum(o => (long)o.Count);

    /// <exception cref="ProtocolException">damaged, or of an unknown version</exception>
    public static Receipt Read(FinalReceipt blob)
    {
        if (blob.Receipt is null || blob.Certificate is null)
            throw new ProtocolException("This receipt is not whole: its signature or its certificate is missing.");
        if (blob.Receipt.Payload.Length > Limits.SignedPayload)
            throw new ProtocolException($"This receipt is larger than {Limits.SignedPayload} bytes.");
        return new Receipt(blob, Messages.Parse(ReceiptPayload.Parser, blob.Receipt.Payload.Span, "receipt"));
    }

    /// <summary>Reads the text form: base64url of the receipt as it travels.</summary>
    /// <exception cref="ProtocolException">not a receipt</exception>
    public static Receipt Parse(string text) =>
        Read(Messages.Parse(FinalReceipt.Parser, Base64Url.Decode(text.Trim(), "receipt"), "receipt"));

    public string ToText() => Base64Url.Encode(Blob.ToByteArray());

    private static uint CountEntries(IEnumerable<EntryOutcome> outcomes)
    {
        var next = 0UL;
        foreach (var run in outcomes)
        {
            if (run.EntryNo != next || run.Count == 0 || run.Outcome is < Outcome.Delivered or > Outcome.Skipped)
                throw new ProtocolException("This receipt leaves out an entry, or names one twice.");
            next += run.Count;
        }
        return next is > 0 and <= Limits.ManifestEntries ? (uint)next : throw new ProtocolException("This receipt names no entries, or too many.");
    }
}
