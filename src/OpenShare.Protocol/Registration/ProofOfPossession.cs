using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Registration;

/// <summary>What a device asks for, with its own key's signature over all of it and the service's nonce.</summary>
internal static class ProofOfPossession
{
    private static readonly RegistrationMessages.DeviceMetadata s_none = new("", "", "");

    /// <exception cref="ProtocolException">the nonce is not base64url</exception>
    internal static RegistrationMessages.RegisterRequest Register(
        ISigner key, AccountId account, RegistrationMessages.DeviceMetadata metadata, string nonce) =>
        new(
            DeviceId.FromPublicKey(key.PublicKey.Bytes).ToString(), account.Value, Base64Url.Encode(key.PublicKey.Bytes), metadata,
            Sign(key, SignatureContext.RegistrationProof, account, metadata, nonce));

    /// <exception cref="ProtocolException">the nonce is not base64url</exception>
    internal static RegistrationMessages.RenewRequest Renew(
        ISigner key, AccountId account, RegistrationMessages.DeviceMetadata metadata, string nonce) =>
        new(DeviceId.FromPublicKey(key.PublicKey.Bytes).ToString(), Sign(key, SignatureContext.RenewalProof, account, metadata, nonce));

    /// <exception cref="ProtocolException">the nonce is not base64url</exception>
    internal static RegistrationMessages.DiscoveryKeyRequest DiscoveryKey(ISigner key, AccountId account, string nonce) =>
        new(DeviceId.FromPublicKey(key.PublicKey.Bytes).ToString(), Sign(key, SignatureContext.DiscoveryKeyProof, account, s_none, nonce));

    private static string Sign(
        ISigner key, SignatureContext context, AccountId account, RegistrationMessages.DeviceMetadata metadata, string nonce) =>
        SignedBlobs.Sign(key, context, new RegistrationProofPayload
        {
            DeviceId = ByteString.CopyFrom(DeviceId.FromPublicKey(key.PublicKey.Bytes).ToBytes()),
            AccountId = account.Value,
            PubkeyEd25519 = ByteString.CopyFrom(key.PublicKey.Bytes),
            Name = metadata.Name,
            Platform = metadata.Platform,
            AppVersion = metadata.AppVersion,
            Nonce = ByteString.CopyFrom(Base64Url.Decode(nonce, "challenge")),
        }).ToText();
}
