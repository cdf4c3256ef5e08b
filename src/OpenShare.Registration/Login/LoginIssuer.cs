namespace OpenShare.Registration.Login;

/// <summary>An OpenID Connect issuer. Its text is compared as it stands (OpenID Connect Core 3.1.3.7), so it is kept as it was given.</summary>
internal sealed record LoginIssuer
{
    private LoginIssuer(string text, bool isHttps) => (Text, IsHttps) = (text, isHttps);

    public string Text { get; }

    public bool IsHttps { get; }

    /// <summary>Where its discovery document is (OpenID Connect Discovery 4).</summary>
    public string Metadata => Text.TrimEnd('/') + "/.well-known/openid-configuration";

    /// <returns>null, with what is wrong with it</returns>
    public static LoginIssuer? TryParse(string text, out string problem)
    {
        problem = "";
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Query: "", Fragment: "", UserInfo: "" })
        {
            if (url.Scheme == Uri.UriSchemeHttps)
                return new LoginIssuer(text, isHttps: true);
            // Whoever hears or alters what goes over the network would be let in; over loopback nobody else does.
            if (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)
                return new LoginIssuer(text, isHttps: false);
        }
        problem = $"'{text}' is no issuer: it is an https:// address without query or fragment, as its own discovery document names it (http:// on this machine only).";
        return null;
    }

    public override string ToString() => Text;
}
