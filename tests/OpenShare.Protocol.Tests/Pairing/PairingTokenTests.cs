using FsCheck.Xunit;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Pairing;

public sealed class PairingTokenTests
{
    private readonly PairingSponsor _sponsor = new Organisation().Sponsor();

    [Fact]
    public void A_token_reads_as_it_was_made_also_broken_into_lines()
    {
        var made = _sponsor.Invite(scope: ProvisionalScope.Sponsor);
        foreach (var text in new[] { made.ToText(), $"  {string.Join("\r\n", made.ToText().Chunk(64).Select(line => new string(line)))}\n" })
        {
            var read = PairingToken.Parse(text);
            Assert.Equal((made.Nonce, made.Code, made.IssuedAt, made.ExpiresAt, made.Scope), (read.Nonce, read.Code, read.IssuedAt, read.ExpiresAt, read.Scope));
            Assert.Equal(SomePairing.Addresses.ToArray(), read.Addresses.ToArray());
            Assert.Equal(_sponsor.Certificate.DeviceId, read.Sponsor.DeviceId);
            Assert.True(read.IsSignedBySponsor);
        }
        Assert.Equal(made.IssuedAt.AddMinutes(5), made.ExpiresAt);
    }

    [Fact]
    public void A_token_that_is_not_whole_is_refused()
    {
        var whole = _sponsor.Invite().ToText();
        for (var length = 0; length < whole.Length; length++)
        {
            if (Record.Exception(() => Assert.False(PairingToken.Parse(whole[..length]).IsSignedBySponsor)) is { } error)
                Assert.IsType<ProtocolException>(error);
        }
        Assert.Contains("starts with osp1_", Assert.Throws<ProtocolException>(() => PairingToken.Parse("ost1_" + whole[5..])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_byte_of_a_token_can_be_altered() =>
        Altered.Each(_sponsor.Invite().Blob.ToByteArray(), Signed.Parser, altered =>
        {
            if (Record.Exception(() => Assert.False(PairingToken.Read(altered).IsSignedBySponsor)) is { } error)
                Assert.IsType<ProtocolException>(error);
        });

    [Theory]
    [InlineData("of version 2")]
    [InlineData("does not name the device")]
    [InlineData("good for 0 seconds")]
    [InlineData("good for 3601 seconds")]
    [InlineData("this one has 0.")]
    [InlineData("this one has 13.")]
    [InlineData("address in this pairing token is none")]
    [InlineData("has scope 0")]
    [InlineData("code is 12 bytes")]
    [InlineData("nonce is 16 bytes")]
    public void Each_way_of_being_no_token_has_its_own_words(string words)
    {
        var payload = PairingTokenPayload.Parser.ParseFrom(_sponsor.Invite().Blob.Payload);
        switch (words)
        {
            case "of version 2": payload.Version = 2; break;
            case "does not name the device": payload.Sponsor = null; break;
            case "good for 0 seconds": payload.TtlSeconds = 0; break;
            case "good for 3601 seconds": payload.TtlSeconds = 3601; break;
            case "this one has 0.": payload.Addresses.Clear(); break;
            case "this one has 13.": payload.Addresses.AddRange(Enumerable.Repeat(payload.Addresses[0], 11)); break;
            case "address in this pairing token is none": payload.Addresses[0].Port = 65536; break;
            case "has scope 0": payload.Scope = 0; break;
            case "code is 12 bytes": payload.Code = ByteString.CopyFrom(new byte[11]); break;
            case "nonce is 16 bytes": payload.Nonce = ByteString.Empty; break;
        }
        var signed = SignedBlobs.Sign(_sponsor.Key, SignatureContext.PairingToken, payload);
        Assert.Contains(words, Assert.Throws<ProtocolException>(() => PairingToken.Read(signed)).Message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 300)]
    public void Any_text_and_any_bytes_are_a_token_or_a_protocol_error(string? text, byte[] bytes)
    {
        foreach (var tried in new[] { text ?? "", PairingToken.Prefix + text, PairingToken.Prefix + Base64Url.Encode(bytes) })
            Assert.IsType<ProtocolException>(Record.Exception(() => PairingToken.Parse(tried)));
        Assert.IsType<ProtocolException>(Record.Exception(() => PairingToken.Read(new Signed { Payload = ByteString.CopyFrom(bytes) })));
    }
}
