using System.Reflection;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Identity;

/// <summary>No signed thing passes for one of another kind.</summary>
public sealed class SignatureContextTests
{
    private static readonly List<SignatureContext> All = [.. typeof(SignatureContext).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => field.GetValue(null)).OfType<SignatureContext>()];

    [Fact]
    public void A_signature_counts_in_its_own_context_and_in_no_other()
    {
        Assert.True(All.Count >= 11);
        var key = Organisation.Key(0, 1);
        foreach (var made in All)
        {
            var signed = SignedBlobs.Sign(key, made, [1, 2, 3]);
            Assert.All(All, read => Assert.Equal(made == read, signed.IsSignedBy(key.PublicKey, read)));
        }
    }

    [Fact]
    public void No_context_is_the_beginning_of_another()
    {
        // With the zero byte after it no payload can complete one context to another.
        Assert.Equal(All.Count, All.Select(c => c.Text).Distinct().Count());
        Assert.All(All, context => Assert.DoesNotContain('\0', context.Text));
        Assert.All(All, context => Assert.StartsWith("openshare/", context.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_certificate_signed_as_a_revocation_list_vouches_for_nothing_and_the_other_way_round()
    {
        var organisation = new Organisation();
        // One key in both roles, so that the context alone has to hold.
        var trust = TrustRoot.Create(organisation.Root, organisation.Issuing.PublicKey, organisation.Issuing.PublicKey, Organisation.Now.AddDays(-30), Organisation.Now.AddYears(1));
        var certificate = organisation.Device(10).Certificate;
        Assert.True(certificate.IsVouchedFor(trust));
        var asList = SignedBlobs.Sign(organisation.Issuing, SignatureContext.RevocationList, certificate.Blob.Payload.ToByteArray());
        Assert.False(DeviceCertificate.Read(asList).IsVouchedFor(trust));

        var list = RevocationList.Create(organisation.Issuing, 1, Organisation.Now, Organisation.Now.AddDays(1), []);
        Assert.Equal(1UL, RevocationList.Read(list.Blob, trust).Version);
        var asCertificate = SignedBlobs.Sign(organisation.Issuing, SignatureContext.Certificate, list.Blob.Payload.ToByteArray());
        Assert.Throws<ProtocolException>(() => RevocationList.Read(asCertificate, trust));
    }

    [Fact]
    public void A_signature_under_another_key_id_does_not_count()
    {
        var (key, other) = (Organisation.Key(0, 1), Organisation.Key(0, 2));
        var signed = SignedBlobs.Sign(key, SignatureContext.Receipt, [1]);
        signed.KeyId = other.PublicKey.KeyId;
        Assert.False(signed.IsSignedBy(key.PublicKey, SignatureContext.Receipt));
        Assert.False(signed.IsSignedBy(other.PublicKey, SignatureContext.Receipt));
        Assert.False(new Signed().IsSignedBy(key.PublicKey, SignatureContext.Receipt));
    }
}
