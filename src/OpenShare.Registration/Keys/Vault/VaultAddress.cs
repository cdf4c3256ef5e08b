using System.Text;
using System.Text.RegularExpressions;
using OpenShare.Protocol.Identity;

namespace OpenShare.Registration.Keys.Vault;

/// <summary>The transit engine that holds the signing keys: `vault:` and where Vault has it. It has no token in it, only the file that has.</summary>
/// <param name="Text">the whole of it</param>
/// <param name="Engine">below which its requests are: https://HOST:8200/v1/transit/</param>
/// <param name="Prefix">what the names of the keys begin with</param>
/// <param name="TokenFile">null: the systemd credential, or VAULT_TOKEN</param>
/// <param name="AuthoritiesFile">who vouches for Vault's TLS certificate, as PEM; null: whom the system trusts</param>
internal sealed partial record VaultAddress(string Text, Uri Engine, string Prefix, string? TokenFile, string? AuthoritiesFile)
{
    public const string Scheme = "vault:";

    /// <summary>The name under which systemd hands over the token (LoadCredential=).</summary>
    public const string SystemdCredential = "openshare-vault-token";

    /// <summary>The variable in which Vault's own tools have it.</summary>
    public const string TokenVariable = "VAULT_TOKEN";

    private const string DefaultPrefix = "openshare";

    /// <exception cref="FormatException">it names no engine, or has something in it that is not used here; the message is for a person and has no token in it</exception>
    public static VaultAddress Parse(string text)
    {
        if (!Uri.TryCreate(text[Scheme.Length..], UriKind.Absolute, out var uri) || uri.AbsolutePath.Trim('/').Length == 0 || uri.Fragment.Length > 0)
            throw new FormatException("Name Vault and the path of its transit engine: vault:https://HOST:8200/transit");
        // A token over the network in the clear is everybody's. On this machine it goes to a Vault agent.
        if (uri.UserInfo.Length > 0 || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
            throw new FormatException("Vault is reached over https, or over http on this machine alone, with no name and password in the address.");
        string? prefix = null, tokenFile = null, authorities = null;
        foreach (var part in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = part.Split('=', 2) is [var before, var after] ? (before, Uri.UnescapeDataString(after)) : (part, "");
            switch (name)
            {
                case "prefix" when KeyName().IsMatch(value):
                    prefix = value;
                    break;
                case "prefix":
                    throw new FormatException("prefix is what the keys' names begin with: letters, digits, '.', '_' and '-'.");
                case "token-file":
                    tokenFile = FileIn(name, value);
                    break;
                case "ca-file":
                    authorities = FileIn(name, value);
                    break;
                case "token":
                    throw new FormatException("A token on the command line is read by everybody on this machine. Take it out, put it in a file, and name that: token-file=/etc/openshare/vault-token");
                default:
                    throw new FormatException($"'{Printable.Shorten(name, 40)}' is nothing that is said of Vault here: prefix, token-file or ca-file.");
            }
        }
        var engine = new UriBuilder(uri.Scheme, uri.Host, uri.Port, $"/v1/{uri.AbsolutePath.Trim('/')}/").Uri;
        return new VaultAddress(text, engine, prefix ?? DefaultPrefix, tokenFile, authorities);
    }

    /// <summary>The token, read anew each time: a Vault agent exchanges it.</summary>
    /// <exception cref="UserError">there is none to be read</exception>
    public string ReadToken()
    {
        var file = TokenFile ?? SecretFile.SystemdCredential(SystemdCredential);
        var token = file is not null
            ? Encoding.UTF8.GetString(SecretFile.Read(file, "token of Vault"))
            : Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } given ? given
            : throw new UserError($"No token is named for {this}. Add token-file=/PATH to its address, hand over the systemd credential {SystemdCredential}, or set {TokenVariable}.");
        return token.All(c => c is > ' ' and < '\x7f')
            ? token
            : throw new UserError($"What {file ?? TokenVariable} holds is no token of Vault: it has characters in it that none has.");
    }

    /// <summary>As a person is told of it.</summary>
    public override string ToString() => $"Vault at {Engine.Authority}";

    private static string FileIn(string name, string value) =>
        Path.IsPathFullyQualified(value) ? value : throw new FormatException($"{name} is a file: {name}=/PATH");

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex KeyName();
}
