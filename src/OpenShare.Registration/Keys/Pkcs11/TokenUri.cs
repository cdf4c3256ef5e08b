using Net.Pkcs11Interop.Common;

namespace OpenShare.Registration.Keys.Pkcs11;

/// <summary>The token that holds the signing keys, as a PKCS#11 URI (RFC 7512) names it. It has no PIN in it, only the file that has.</summary>
/// <param name="Text">the whole URI</param>
/// <param name="Names">what the token must be: token, serial, slot-id …</param>
/// <param name="Module">the vendor's library</param>
/// <param name="Label">what the labels of the keys begin with</param>
/// <param name="PinFile">null: the systemd credential</param>
internal sealed record TokenUri(string Text, Pkcs11Uri Names, string Module, string Label, string? PinFile)
{
    public const string Scheme = "pkcs11:";

    /// <summary>The name under which systemd hands over the PIN (LoadCredential=).</summary>
    public const string SystemdCredential = "openshare-signing-pin";

    private const string DefaultLabel = "openshare";

    /// <exception cref="FormatException">it names no token, or has something in it that is not used here; the message is for a person and has no PIN in it</exception>
    public static TokenUri Parse(string text)
    {
        // Asked first, of the text: nothing of a URI with a PIN in it may be said again.
        if (text.Contains("pin-value", StringComparison.OrdinalIgnoreCase))
            throw new FormatException("A PIN on the command line is read by everybody on this machine. Take pin-value out, put the PIN in a file, and name that: pin-source=file:/etc/openshare/pin");
        var uri = Read(text);
        if (uri.UnknownPathAttributes.Keys.Concat(uri.UnknownQueryAttributes.Keys).FirstOrDefault() is { } unknown)
            throw new FormatException($"'{unknown}' is nothing that a PKCS#11 URI says here.");
        if (uri.Type is not null || uri.Id is not null || uri.ModuleName is not null)
            throw new FormatException("type, id and module-name are not used here: a token holds several keys, and its library is named by module-path.");
        if (!uri.DefinesToken && !uri.DefinesSlot)
            throw new FormatException("Name the token: pkcs11:token=NAME");
        if (uri.ModulePath is not { Length: > 0 } module)
            throw new FormatException("Name the token's library: module-path=/usr/lib/softhsm/libsofthsm2.so");
        return new TokenUri(text, uri, module, uri.Object ?? DefaultLabel, uri.PinSource is null ? null : ReadFile(uri.PinSource));
    }

    /// <summary>The PIN, from the file or the credential.</summary>
    /// <exception cref="UserError">there is none to be read</exception>
    public byte[] ReadPin() => SecretFile.Read(
        PinFile ?? SecretFile.SystemdCredential(SystemdCredential)
        ?? throw new UserError($"No PIN is named for {this}. Add pin-source=file:/PATH to it, or hand over the systemd credential {SystemdCredential}."),
        "PIN of the token");

    /// <summary>As a person is told of it.</summary>
    public override string ToString() => Names.Token is { } token ? $"the token {token}"
        : Names.Serial is { } serial ? $"the token with serial {serial}"
        : "the token";

    private static Pkcs11Uri Read(string text)
    {
        try
        {
            return new Pkcs11Uri(text);
        }
        catch (Pkcs11UriException error)
        {
            throw new FormatException($"This is no PKCS#11 URI (RFC 7512): {error.Message}", error);
        }
    }

    // RFC 8089 has it with one slash and with three.
    private static string ReadFile(string source)
    {
        var path = source.StartsWith("file://", StringComparison.Ordinal) ? source["file://".Length..]
            : source.StartsWith("file:", StringComparison.Ordinal) ? source["file:".Length..]
            : source;
        return path.StartsWith('/') ? path : throw new FormatException("pin-source is a file with the PIN in it: file:/PATH");
    }
}
