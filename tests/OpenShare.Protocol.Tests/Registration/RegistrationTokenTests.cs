using FsCheck.Xunit;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Registration;

public sealed class RegistrationTokenTests
{
    [Property]
    public void A_token_parses_as_it_was_revealed(int seed)
    {
        var random = new SeededRandom(seed);
        var made = new RegistrationTokenText(random.Bytes(16), AccountId.Parse("acme"), random.Bytes(32));
        var read = RegistrationTokenText.Parse(made.Reveal());
        Assert.Equal((made.Secret, made.Account, made.Reveal()), (read.Secret, read.Account, read.Reveal()));
        Assert.Equal(made.TrustRootFingerprint.ToArray(), read.TrustRootFingerprint.ToArray());
    }

    [Fact]
    public void A_token_that_is_not_whole_is_refused()
    {
        var whole = new RegistrationTokenText(new byte[16], AccountId.Parse("acme"), new byte[32]).Reveal();
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<ProtocolException>(() => RegistrationTokenText.Parse(whole[..length]));
        Assert.Throws<ProtocolException>(() => RegistrationTokenText.Parse("OST1_" + whole[5..]));
        Assert.Throws<ProtocolException>(() => new RegistrationTokenText(new byte[15], AccountId.Parse("acme"), new byte[32]));
        Assert.Throws<ProtocolException>(() => new RegistrationTokenText(new byte[16], AccountId.Parse("acme"), new byte[31]));
    }

    [Property(MaxTest = 300)]
    public void Any_text_is_a_token_or_a_protocol_error(string? text, byte[] bytes)
    {
        foreach (var tried in new[] { text ?? "", "ost1_" + text, "ost1_" + Base64Url.Encode(bytes) })
            Assert.IsType<ProtocolException>(Record.Exception(() => RegistrationTokenText.Parse(tried)));
    }
}
