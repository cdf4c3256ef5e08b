namespace OpenShare.Registration.Login;

/// <summary>Where people log in to register their devices, and what their sessions have to be.</summary>
/// <param name="Audience">whom the issuer's access tokens have to be for (aud)</param>
internal sealed record LoginOptions(LoginIssuer Issuer, string Audience)
{
    public const string DefaultClientId = "openshare";
    public const string DefaultAccountClaim = "sub";
    public const string DefaultScope = "openid";

    /// <summary>What devices are to the issuer: a public client with a loopback redirect (RFC 8252).</summary>
    public string ClientId { get; init; } = DefaultClientId;

    /// <summary>The claim whose value is the account's name.</summary>
    public string AccountClaim { get; init; } = DefaultAccountClaim;

    /// <summary>What devices ask the issuer for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [DefaultScope];
}
