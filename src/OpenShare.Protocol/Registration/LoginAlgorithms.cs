namespace OpenShare.Protocol.Registration;

/// <summary>
/// What the tokens of a login may be signed with (RFC 7518 3.1): by a private key, each. Where a secret were allowed too, whoever has the
/// issuer's public key could take that for the secret, and sign; and <c>none</c> is no signature.
/// </summary>
public static class LoginAlgorithms
{
    public static IReadOnlyList<string> Signatures { get; } = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
}
