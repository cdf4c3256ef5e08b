using System.Security.Cryptography;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>
/// Reads a manifest's pages in order and verifies each before anything of it is believed. After a refusal it stays
/// refused: a sender whose pages do not hold together is not asked for more of them.
/// </summary>
public sealed class ManifestReader
{
    private readonly PublicKey? _senderKey;
    private readonly DeviceId _sender;
    private readonly DeviceId _receiver;
    private readonly ManifestTree? _tree;
    private ManifestRefusal? _refused;

    /// <param name="senderKey">the key in the sender's verified certificate</param>
    public ManifestReader(PublicKey senderKey, DeviceId sender, DeviceId receiver)
        : this(senderKey, sender, receiver, new ManifestTree())
    {
    }

    private ManifestReader(PublicKey? senderKey, DeviceId sender, DeviceId receiver, ManifestTree? tree) =>
        (_senderKey, _sender, _receiver, _tree) = (senderKey, sender, receiver, tree);

    /// <summary>For pages that this device made or verified before it stored them: all is checked but the signatures.</summary>
    public static ManifestReader OfKept(DeviceId sender, DeviceId receiver) => new(null, sender, receiver, new ManifestTree());

    /// <summary>
    /// For pages that this device signed: what its <see cref="ManifestBuilder"/> made is of paths that are listed once, each in its directory.
    /// A table of them is not kept a second time.
    /// </summary>
    public static ManifestReader OfOwn(PublicKey key, DeviceId self, DeviceId receiver) => new(key, self, receiver, null);

    /// <summary>The pages read so far; null before the first.</summary>
    public Manifest? Manifest { get; private set; }

    /// <summary>The number of the page that is read next.</summary>
    public int NextPage => Manifest?.Pages.Count ?? 0;

    public PageReading Read(Signed blob)
    {
        var reading = _refused is null ? Judge(blob) : new PageReading.Refused(_refused);
        if (reading is PageReading.Refused refused)
            _refused = refused.Refusal;
        return reading;
    }

    private PageReading Judge(Signed blob)
    {
        if (blob.Payload.Length > Limits.SignedPayload)
            return Refuse(ManifestRefusalKind.TooLarge, $"A page of the file list is larger than {Limits.SignedPayload} bytes.");
        if (_senderKey is not null && !blob.IsSignedBy(_senderKey, SignatureContext.ManifestPage))
            return Refuse(ManifestRefusalKind.NotSignedBySender, "A page of the file list is not signed by the sending device, or was altered on the way.");
        ManifestPagePayload payload;
        try
        {
            payload = Messages.Parse(ManifestPagePayload.Parser, blob.Payload.Span, "page of the file list");
        }
        catch (ProtocolException error)
        {
            return Refuse(ManifestRefusalKind.Damaged, error.Message);
        }
        return JudgeHeader(payload) ?? JudgePlace(payload, SHA256.HashData(blob.Payload.Span));
    }

    private PageReading.Refused? JudgeHeader(ManifestPagePayload payload)
    {
        if (payload.Version != ManifestBuilder.CurrentVersion)
            return Refuse(ManifestRefusalKind.UnknownVersion,
                $"The file list is of version {payload.Version}; this program knows version {ManifestBuilder.CurrentVersion}. Update OpenShare.");
        if (!payload.Sender.Span.SequenceEqual(_sender.ToBytes()) || !payload.Receiver.Span.SequenceEqual(_receiver.ToBytes()))
            return Refuse(ManifestRefusalKind.ForOthers, "The file list was made for another pair of devices.");
        if (payload.ManifestId.Length != 16)
            return Refuse(ManifestRefusalKind.Damaged, "The file list has no id.");
        if (Manifest is not null && !payload.ManifestId.Span.SequenceEqual(Manifest.Id.ToBytes()))
            return Refuse(ManifestRefusalKind.OtherManifest, "A page belongs to another file list than the pages before it.");
        return null;
    }

    private PageReading JudgePlace(ManifestPagePayload payload, byte[] hash)
    {
        var index = payload.PageIndex;
        if (index >= Limits.ManifestPages)
            return Refuse(ManifestRefusalKind.TooLarge, $"The file list has more than {Limits.ManifestPages} pages.");
        if (index < NextPage)
            return Manifest!.Pages[(int)index].PayloadSha256.Span.SequenceEqual(hash)
                ? new PageReading.Repeated((int)index)
                : Refuse(ManifestRefusalKind.Conflicting, $"Page {index + 1} of the file list came twice, and not the same.");
        if (Manifest is { IsComplete: true })
            return Refuse(ManifestRefusalKind.AfterTheEnd, "The file list goes on after its last page.");
        if (index > NextPage)
            return new PageReading.Ahead((int)index);
        if (!payload.PreviousPageSha256.Span.SequenceEqual(index == 0 ? [] : Manifest!.Pages[^1].PayloadSha256.Span))
            return Refuse(ManifestRefusalKind.BrokenChain, $"Page {index + 1} of the file list does not follow the page before it.");
        var manifest = Manifest ?? new Manifest(ManifestId.FromBytes(payload.ManifestId.Span), _sender, _receiver, Wish(payload.Conflict));
        if (new PageParser(manifest, _tree, payload, hash).Parse(out var page) is { } refusal)
            return new PageReading.Refused(refusal);
        manifest.Append(page!);
        Manifest = manifest;
        return new PageReading.Accepted(page!);
    }

    // Of a wish that a later version may have nothing is known but that renaming harms nobody.
    private static ConflictPolicy Wish(ConflictPolicy conflict) => Enum.IsDefined(conflict) ? conflict : ConflictPolicy.Rename;

    private static PageReading.Refused Refuse(ManifestRefusalKind kind, string message) => new(new ManifestRefusal(kind, message));
}
