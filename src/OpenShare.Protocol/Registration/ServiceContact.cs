namespace OpenShare.Protocol.Registration;

/// <summary>The TLS key that the service proved to be its own.</summary>
/// <param name="SpkiSha256">SHA-256 of the TLS certificate's SubjectPublicKeyInfo</param>
public sealed record TlsPin(ReadOnlyMemory<byte> SpkiSha256)
{
    public bool Equals(TlsPin? other) => other is not null && SpkiSha256.Span.SequenceEqual(other.SpkiSha256.Span);

    public override int GetHashCode() => SpkiSha256.Length > 0 ? SpkiSha256.Span[0] : 0;
}

/// <summary>Where the service is and what its TLS certificate must be.</summary>
/// <param name="ServerTrust">"sha256:HEX", authorities as PEM, or "system"; null: the trust root vouches for its TLS key</param>
/// <param name="Pin">the key the trust root vouched for; null before that, when only the trust root may be asked for</param>
public sealed record ServiceContact(Uri Server, string? ServerTrust, TlsPin? Pin)
{
    /// <summary>True when the trust root still has to vouch for the TLS key. Until then nothing secret is sent.</summary>
    public bool IsUnproven => ServerTrust is null && Pin is null;
}

/// <summary>What a service showed at first contact.</summary>
/// <param name="SpkiSha256">of the TLS certificate of the very connection that brought the answer</param>
public sealed record ServiceShown(RegistrationMessages.TrustRootResponse Answer, ReadOnlyMemory<byte> SpkiSha256);
