using OpenShare.Device.Registration;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Registration;

public sealed class CertificateTermTests
{
    [Theory]
    [InlineData(365, 358.5, true)]
    [InlineData(365, 357.5, false)]
    [InlineData(6, 5.1, true)]
    [InlineData(6, 4.9, false)]
    [InlineData(6, 6.1, false)]
    public void A_certificate_ends_soon_in_its_last_week_or_the_last_sixth_of_a_short_life(double days, double after, bool isSoon)
    {
        var (key, begin) = (SigningKey.FromSeed([.. Enumerable.Repeat((byte)8, 32)]), DateTimeOffset.UnixEpoch.AddYears(56));
        var certificate = DeviceCertificate.Issue(key, 1, 1, key.PublicKey, AccountId.Parse("home"), "alice", begin, TimeSpan.FromDays(days));

        Assert.Equal(isSoon, CertificateTerm.EndsSoon(certificate, begin.AddDays(after)));
    }
}
