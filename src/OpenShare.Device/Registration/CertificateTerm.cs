using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Registration;

/// <summary>When a person has to hear that a certificate ends.</summary>
internal static class CertificateTerm
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>A renewal begins before three quarters of its life are over: with a sixth of it left, or a week, it has failed for long.</summary>
    internal static bool EndsSoon(DeviceCertificate? certificate, DateTimeOffset now)
    {
        if (certificate is null || certificate.ExpiresAt <= now)
            return false;
        var sixth = (certificate.ExpiresAt - certificate.IssuedAt) / 6;
        return certificate.ExpiresAt - now < (sixth < Longest ? sixth : Longest);
    }
}
