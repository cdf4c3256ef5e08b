using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Revocation;

/// <summary>
/// The organisation's list of revoked devices, signed by a CRL key. Lists are ordered by (version, issued at);
/// a device never goes back to an older one.
/// </summary>
public sealed class RevocationList
{
    private readonly DeviceNumberSet _numbers;
    private readonly HashSet<DeviceId> _ids;

    private RevocationList(Signed blob, RevocationListPayload payload)
    {
        Blob = blob;
        Version = payload.CrlVersion;
        IsOfNumbers = payload.Encoding == RevocationListPayload.Types.Encoding.Numbers;
        (_numbers, _ids) = payload.Encoding switch
        {
            // Of before there were numbers alone: each device is in it by its id.
            RevocationListPayload.Types.Encoding.Entries => (DeviceNumberSet.Empty, Ids(payload.Entries.Select(e => e.DeviceId))),
            RevocationListPayload.Types.Encoding.Numbers => (DeviceNumberSet.Read(payload.Numbers ?? new DeviceNumbers()), Ids(payload.DeviceIds)),
            _ => throw new ProtocolException($"This revocation list is written in encoding {(int)payload.Encoding}, which this program does not know. Update OpenShare."),
        };
        IssuedAt = UnixTime.Read(payload.IssuedAt, "issue time");
        NextUpdate = UnixTime.Read(payload.NextUpdate, "next update");
    }

    /// <summary>The list as it travels.</summary>
    public Signed Blob { get; }

    public ulong Version { get; }

    public DateTimeOffset IssuedAt { get; }

    /// <summary>Past this time the list is still used, and said to be stale.</summary>
    public DateTimeOffset NextUpdate { get; }

    /// <summary>True when it names devices by number: a <see cref="RevocationDelta"/> makes a later list of it.</summary>
    public bool IsOfNumbers { get; }

    public DeviceNumberSet Numbers => _numbers;

    /// <summary>How many devices it revokes.</summary>
    public int Count => _numbers.Count + _ids.Count;

    /// <param name="numbers">of the devices revoked</param>
    /// <param name="ids">of those that have no number</param>
    public static RevocationList Create(
        ISigner revocationKey, ulong version, DateTimeOffset now, DateTimeOffset nextUpdate, IEnumerable<ulong> numbers, IEnumerable<DeviceId>? ids = null)
    {
        var payload = new RevocationListPayload
        {
            CrlVersion = version,
            IssuedAt = now.ToUnixTimeSeconds(),
            NextUpdate = nextUpdate.ToUnixTimeSeconds(),
            Encoding = RevocationListPayload.Types.Encoding.Numbers,
            Numbers = DeviceNumberSet.Of(numbers).ToWire(),
        };
        payload.DeviceIds.AddRange((ids ?? []).Select(id => ByteString.CopyFrom(id.ToBytes())));
        return new RevocationList(SignedBlobs.Sign(revocationKey, SignatureContext.RevocationList, payload), payload);
    }

    /// <summary>Reads a list and checks that a CRL key of the trust root signed it.</summary>
    /// <exception cref="ProtocolException">damaged, of an unknown encoding, or not signed by a CRL key</exception>
    public static RevocationList Read(Signed blob, TrustRoot trust)
    {
        if (blob.Payload.Length > Limits.RevocationList)
            throw new ProtocolException($"This revocation list is larger than {Limits.RevocationList} bytes.");
        // Asked before it is parsed: every two bytes of a forged list could become an object of fifty.
        if (!trust.HasKeyThatSigned(TrustKey.Types.Role.Crl, blob, SignatureContext.RevocationList))
            throw new ProtocolException("This revocation list is not signed by a key that your organisation uses for revocation lists.");
        var list = new RevocationList(blob, Messages.Parse(RevocationListPayload.Parser, blob.Payload.Span, "revocation list"));
        if (!trust.Vouches(TrustKey.Types.Role.Crl, blob, SignatureContext.RevocationList, list.IssuedAt))
            throw new ProtocolException($"This revocation list was issued on {list.IssuedAt:u}, when the key that signed it was not valid.");
        return list;
    }

    /// <exception cref="ProtocolException">as <see cref="Read"/>, or not base64url</exception>
    public static RevocationList Parse(string text, TrustRoot trust) =>
        Read(SignedBlobs.Parse(text, "revocation list", Limits.RevocationList), trust);

    public bool Revokes(DeviceCertificate certificate) => Names(certificate.DeviceId, certificate.DeviceNo);

    /// <param name="number">as its certificate says; 0: it has none, or none that is known here</param>
    public bool Names(DeviceId device, ulong number) => _numbers.Contains(number) || _ids.Contains(device);

    public bool IsStaleAt(DateTimeOffset now) => now > NextUpdate;

    public bool IsNewerThan(RevocationList? other) =>
        other is null || (Version, IssuedAt).CompareTo((other.Version, other.IssuedAt)) > 0;

    private static HashSet<DeviceId> Ids(IEnumerable<ByteString> ids) => [.. ids.Select(id => DeviceId.FromBytes(id.Span))];
}
