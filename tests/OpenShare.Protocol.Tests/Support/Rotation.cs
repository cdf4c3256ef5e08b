using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using Role = OpenShare.Protocol.Wire.TrustKey.Types.Role;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>An organisation's trust roots after version 1, and what an attacker would like to pass off as them.</summary>
internal static class Rotation
{
    /// <summary>The next version: the same keys, but those of a role for which a new one is given; the old of that role is withdrawn.</summary>
    internal static TrustRoot Next(
        this Organisation organisation, TrustRoot of, SigningKey? root = null, SigningKey? issuing = null, SigningKey? crl = null, DateTimeOffset? at = null)
    {
        var keys = of.Keys.Select(key => (key.Role switch { Role.Root => root, Role.Issuing => issuing, _ => crl }) is { } other
            ? key with { Key = other.PublicKey }
            : key);
        return of.Succeed(keys, [organisation.Root, root ?? organisation.Root], at ?? of.IssuedAt.AddDays(1));
    }

    /// <summary>Version 1 to this one, all with the same keys.</summary>
    internal static TrustChain Chain(this Organisation organisation, int versions) =>
        Enumerable.Range(1, versions - 1).Aggregate(
            TrustChain.Of(organisation.Trust), (chain, _) => chain.Follow([organisation.Next(chain.Newest).Link]));

    /// <summary>A trust root with anything changed in it, signed by whoever signs.</summary>
    internal static TrustRootLink Forge(this TrustRoot root, Action<TrustRootPayload> change, params ISigner[] signers)
    {
        var payload = TrustRootPayload.Parser.ParseFrom(root.Link.Payload);
        change(payload);
        var bytes = payload.ToByteArray();
        var link = new TrustRootLink { Payload = ByteString.CopyFrom(bytes) };
        link.Signatures.AddRange(signers.Select(signer => new TrustRootSignature
        {
            KeyId = signer.PublicKey.KeyId,
            Signature = ByteString.CopyFrom(signer.Sign(SignatureContext.TrustRoot.SignedBytes(bytes))),
        }));
        return link;
    }

    internal static TrustKey Entry(Role role, SigningKey key) =>
        new TrustedKey(role, key.PublicKey, Organisation.Now.AddYears(-1), Organisation.Now.AddYears(5)).ToWire();
}
