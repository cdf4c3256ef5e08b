using System.Text;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys.Pkcs11;
using OpenShare.Registration.Keys.Vault;

namespace OpenShare.Registration.Keys;

/// <summary>Where a service makes its signing keys, other than in a file of its data directory, as `run --signing-key` names it.</summary>
internal abstract record SigningKeyPlace
{
    private SigningKeyPlace() { }

    public sealed record Token(TokenUri Uri) : SigningKeyPlace
    {
        protected override string Text => Uri.Text;

        protected override ISigningKeyStore Open(TimeProvider time) => new TokenKeyStore(Uri, time);
    }

    public sealed record Transit(VaultAddress Address) : SigningKeyPlace
    {
        protected override string Text => Address.Text;

        protected override ISigningKeyStore Open(TimeProvider time) => new VaultKeyStore(Address, new VaultLink(Address, time));
    }

    /// <summary>It has no secret in it.</summary>
    protected abstract string Text { get; }

    /// <exception cref="FormatException">it names no such place; the message is for a person</exception>
    public static SigningKeyPlace Parse(string text) =>
        text.StartsWith(TokenUri.Scheme, StringComparison.Ordinal) ? new Token(TokenUri.Parse(text))
        : text.StartsWith(VaultAddress.Scheme, StringComparison.Ordinal) ? new Transit(VaultAddress.Parse(text))
        : throw new FormatException($"A signing key is in a PKCS#11 token, {TokenUri.Scheme}token=NAME?module-path=FILE&pin-source=file:FILE, or in Vault, {VaultAddress.Scheme}https://HOST:8200/transit?token-file=FILE");

    /// <summary>The keys of a data directory: where it is told now, else where it was told before; and those in its file, where it has one.</summary>
    /// <exception cref="UserError">what it was told before is damaged</exception>
    public static ISigningKeyStore Open(RegistrationOptions options, Passphrase passphrase, TimeProvider time)
    {
        var file = new FileSigningKeyStore(options.Data.SigningKeys, passphrase, options.Sealing);
        if ((options.SigningKey ?? Remembered(options.Data)) is not { } place)
            return file;
        return file.HoldsKeys ? new MovingKeyStore(place.Open(time), file) : place.Open(time);
    }

    /// <summary>So that the other commands, and the next start, find the keys where they are.</summary>
    public static void Remember(RegistrationOptions options)
    {
        if (options.SigningKey is { } place)
            OwnerOnlyFile.Write(options.Data.SigningKeyPlace, Encoding.UTF8.GetBytes(place.Text + "\n"));
    }

    protected abstract ISigningKeyStore Open(TimeProvider time);

    private static SigningKeyPlace? Remembered(DataDirectory data)
    {
        if (!File.Exists(data.SigningKeyPlace))
            return null;
        try
        {
            return Parse(File.ReadAllText(data.SigningKeyPlace).Trim());
        }
        catch (FormatException error)
        {
            throw new UserError($"{data.SigningKeyPlace} does not say where the signing keys are: {error.Message} Start the service with --signing-key once.");
        }
    }
}
