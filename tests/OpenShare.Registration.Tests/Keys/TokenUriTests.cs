using OpenShare.Protocol.Identity;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Keys.Pkcs11;

namespace OpenShare.Registration.Tests.Keys;

public sealed class TokenUriTests
{
    [Fact]
    public void It_names_library_token_keys_and_the_file_with_the_PIN()
    {
        var uri = TokenUri.Parse("pkcs11:token=My%20HSM;object=acme?module-path=/usr/lib/hsm.so&pin-source=file:/etc/openshare/pin");
        Assert.Equal(("/usr/lib/hsm.so", "acme", "/etc/openshare/pin", "the token My HSM"), (uri.Module, uri.Label, uri.PinFile, uri.ToString()));
        Assert.Equal(("openshare", null), (TokenUri.Parse("pkcs11:serial=12?module-path=/m.so").Label, TokenUri.Parse("pkcs11:serial=12?module-path=/m.so").PinFile));
    }

    [Theory]
    [InlineData("pkcs11:token=t?module-path=/m.so&pin-value=123456", "pin-source")]
    [InlineData("pkcs11:token=t?pin-source=file:/p", "module-path")]
    [InlineData("pkcs11:?module-path=/m.so", "token=")]
    [InlineData("pkcs11:token=t;colour=red?module-path=/m.so", "colour")]
    [InlineData("pkcs11:token=t?module-path=/m.so&speed=9", "speed")]
    [InlineData("pkcs11:token=t;type=private?module-path=/m.so", "type")]
    [InlineData("pkcs11:token=t?module-name=softhsm2", "module-path")]
    [InlineData("pkcs11:token=t?module-path=/m.so&pin-source=https://pins.example", "file:/PATH")]
    [InlineData("pkcs11:token=t?module-path=/m.so&pin-source=pin", "file:/PATH")]
    [InlineData("pkcs11:token", "RFC 7512")]
    [InlineData("hsm:token=t", "pkcs11:")]
    public void What_it_cannot_be_is_said(string text, string word)
    {
        var error = Assert.Throws<FormatException>(() => SigningKeyPlace.Parse(text));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("123456", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_that_is_not_the_keys_is_not_used()
    {
        using var key = SigningKey.Create(new SystemRandom());
        using var other = SigningKey.Create(new SystemRandom());
        Assert.Equal(64, new RemoteSigner(key.PublicKey, "the token", data => key.Sign(data)).Sign("data"u8).Length);
        foreach (var wrong in (Func<byte[], byte[]>[])[data => other.Sign(data), data => key.Sign([.. data, 0]), _ => [], _ => new byte[64]])
            Assert.Contains(key.PublicKey.KeyId, Assert.Throws<UserError>(() => new RemoteSigner(key.PublicKey, "the token", wrong).Sign("data"u8)).Message, StringComparison.Ordinal);
    }
}
