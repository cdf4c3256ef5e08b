using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Registration;

/// <summary>What lets a device register: a one-time token, or the session of a person who has logged in.</summary>
public abstract class RegistrationCredential
{
    private protected RegistrationCredential(AccountId account, ReadOnlySpan<byte> trustRootFingerprint) =>
        (Account, TrustRootFingerprint) = (account, trustRootFingerprint.ToArray());

    /// <summary>Whose devices it registers.</summary>
    public AccountId Account { get; }

    /// <summary>Of the organisation's service: no other is shown this.</summary>
    public ReadOnlyMemory<byte> TrustRootFingerprint { get; }

    /// <summary>What the device shows the service, as a bearer token: the only secret part.</summary>
    public abstract string Secret { get; }

    /// <summary>The whole of it as text, secret and all: for whoever keeps it, or hands it over.</summary>
    public abstract string Reveal();

    /// <exception cref="ProtocolException">it is neither</exception>
    public static RegistrationCredential Parse(string text) =>
        text.StartsWith(LoginSession.Prefix, StringComparison.Ordinal) ? LoginSession.Parse(text) : RegistrationTokenText.Parse(text);
}
