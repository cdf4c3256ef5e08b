namespace OpenShare.Protocol.Registration;

/// <summary>The JSON bodies of the registration service's HTTP API (snake_case; signed things as base64url text).</summary>
public static class RegistrationMessages
{
    public sealed record Challenge(string Nonce, DateTimeOffset ExpiresAt);

    public sealed record DeviceMetadata(string Name, string Platform, string AppVersion);

    /// <param name="Proof">Signed{RegistrationProofPayload} by the device's own key; its fields are those of this request</param>
    public sealed record RegisterRequest(string DeviceId, string AccountId, string PubkeyEd25519, DeviceMetadata Metadata, string Proof);

    /// <param name="AccountDiscoveryKey">base64url; a secret of the account's devices, so the record prints without it</param>
    /// <param name="DiscoveryKey">Signed{DiscoveryKeyPayload}: the same key as it was issued. Null from a service that does not sign it</param>
    public sealed record RegisterResponse(string CertBlob, string TrustRoot, string AccountDiscoveryKey, ulong CrlVersion, string? DiscoveryKey = null)
    {
        public override string ToString() => $"{nameof(RegisterResponse)} {{ {nameof(CrlVersion)} = {CrlVersion} }}";
    }

    /// <param name="Device">as at a registration</param>
    /// <param name="Endorsement">its provisional certificate, signed by the sponsor; expired or not</param>
    public sealed record PromoteRequest(RegisterRequest Device, string Endorsement);

    /// <param name="Withdrawal">Signed{WithdrawalPayload} by the device that gave the certificate; whoever has it may hand it in</param>
    public sealed record WithdrawRequest(string Withdrawal);

    /// <param name="RegisteredAs">the device that was registered for the endorsement before; null: none was, and none is any more</param>
    public sealed record WithdrawResponse(string? RegisteredAs = null);

    /// <param name="Proof">Signed{RegistrationProofPayload} in the renewal context by the device's own key</param>
    public sealed record RenewRequest(string DeviceId, string Proof);

    /// <param name="Proof">Signed{RegistrationProofPayload} in a context of its own by the device's own key</param>
    public sealed record DiscoveryKeyRequest(string DeviceId, string Proof);

    /// <param name="DiscoveryKey">Signed{DiscoveryKeyPayload}; a secret of the account's devices, so the record prints without it</param>
    public sealed record DiscoveryKeyResponse(string DiscoveryKey)
    {
        public override string ToString() => nameof(DiscoveryKeyResponse);
    }

    /// <param name="Paired">it may be a device that was paired and is not registered</param>
    public sealed record RevokeRequest(string DeviceId, string? Reason = null, bool Paired = false);

    public sealed record RevokeResponse(ulong CrlVersion);

    /// <param name="TrustRoot">the newest</param>
    /// <param name="TlsEndpoint">Signed{TlsEndpointPayload}: the TLS key this service answers with, vouched for by an issuing key</param>
    /// <param name="TrustChain">the versions before it, oldest first; with it at most 16 links and 64 KiB. Null where there is none</param>
    public sealed record TrustRootResponse(string TrustRoot, string TlsEndpoint, IReadOnlyList<string>? TrustChain = null);

    /// <param name="Issuer">an OpenID Connect issuer, as its own discovery document names it</param>
    /// <param name="ClientId">what a device is to it: a public client with a loopback redirect</param>
    /// <param name="Scopes">to ask it for</param>
    public sealed record LoginResponse(string Issuer, string ClientId, IReadOnlyList<string> Scopes);

    /// <param name="AccountId">whose devices the session may register</param>
    public sealed record LoginAccountResponse(string AccountId);

    public sealed record RevocationListResponse(string Crl, ulong CrlVersion);

    /// <param name="CrlVersion">of the list that it makes</param>
    public sealed record RevocationDeltaResponse(string Delta, ulong CrlVersion);
}
