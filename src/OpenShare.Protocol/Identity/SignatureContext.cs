using System.Text;

namespace OpenShare.Protocol.Identity;

/// <summary>
/// The kind of a signed thing. The signature covers the kind's text, one zero byte and the payload, so no kind
/// can pass for another. The set is closed: only this class makes them.
/// </summary>
public sealed class SignatureContext
{
    public static readonly SignatureContext Certificate = new("openshare/cert/v1");
    public static readonly SignatureContext Provisional = new("openshare/provisional/v1");
    public static readonly SignatureContext PairingToken = new("openshare/pairing-token/v1");
    public static readonly SignatureContext Withdrawal = new("openshare/withdrawal/v1");
    public static readonly SignatureContext TrustRoot = new("openshare/trust-root/v1");
    public static readonly SignatureContext TlsEndpoint = new("openshare/tls-endpoint/v1");
    public static readonly SignatureContext RegistrationProof = new("openshare/registration-proof/v1");
    public static readonly SignatureContext RenewalProof = new("openshare/renewal-proof/v1");
    public static readonly SignatureContext DiscoveryKey = new("openshare/discovery-key/v1");
    public static readonly SignatureContext DiscoveryKeyProof = new("openshare/discovery-key-proof/v1");
    public static readonly SignatureContext RevocationList = new("openshare/crl/v1");
    public static readonly SignatureContext AuditLine = new("openshare/audit-line/v1");
    public static readonly SignatureContext Handshake = new("openshare/handshake/v1");
    public static readonly SignatureContext ManifestPage = new("openshare/manifest-page/v1");
    public static readonly SignatureContext EntryChanged = new("openshare/entry-changed/v1");
    public static readonly SignatureContext Receipt = new("openshare/receipt/v1");

    private readonly byte[] _prefix;

    private SignatureContext(string text)
    {
        Text = text;
        _prefix = [.. Encoding.ASCII.GetBytes(text), 0];
    }

    public string Text { get; }

    internal byte[] SignedBytes(ReadOnlySpan<byte> payload) => [.. _prefix, .. payload];

    public override string ToString() => Text;
}
