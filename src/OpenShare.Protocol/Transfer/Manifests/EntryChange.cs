using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>The sender's signed word that an entry is withdrawn: it changed or could not be read any more.</summary>
/// <param name="Notice">as it travels and is kept</param>
public sealed record EntryChange(uint EntryNumber, string Reason, Signed Notice)
{
    public static EntryChange Sign(ISigner sender, ManifestId manifest, uint entryNumber, string reason)
    {
        var payload = new EntryChangedPayload
        {
            ManifestId = ByteString.CopyFrom(manifest.ToBytes()),
            EntryNo = entryNumber,
            Reason = Printable.Shorten(reason),
        };
        return new EntryChange(entryNumber, payload.Reason, SignedBlobs.Sign(sender, SignatureContext.EntryChanged, payload));
    }

    /// <exception cref="ProtocolException">not the sender's, of another manifest, or damaged</exception>
    public static EntryChange Read(Signed notice, PublicKey senderKey, ManifestId manifest)
    {
        if (notice.Payload.Length > Limits.HandshakeFrame || !notice.IsSignedBy(senderKey, SignatureContext.EntryChanged))
            throw new ProtocolException("A notice that a file changed is not signed by the sending device.");
        var payload = Messages.Parse(EntryChangedPayload.Parser, notice.Payload.Span, "notice that a file changed");
        if (!payload.ManifestId.Span.SequenceEqual(manifest.ToBytes()))
            throw new ProtocolException("A notice that a file changed belongs to another transfer.");
        return new EntryChange(payload.EntryNo, Printable.Shorten(payload.Reason), notice);
    }
}
