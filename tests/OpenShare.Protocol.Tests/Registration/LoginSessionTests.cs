using System.Text.Json.Nodes;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Support.VectorFile;
using PlatformBase64Url = System.Buffers.Text.Base64Url;

namespace OpenShare.Protocol.Tests.Registration;

/// <summary>A session as a device keeps it.</summary>
public sealed class LoginSessionTests
{
    private const string File = "registration-session.json";
    private const string Jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln";

    private static LoginSession Session => new(Jwt, AccountId.Parse("acme"), new Organisation().Trust.Fingerprint.Span);

    [Fact]
    public void The_vector_is_reproduced() => Check(File, new JsonObject
    {
        ["description"] = "A session as a device keeps it until it is certified: \"oss1_\" and base64url (no padding) of the message. trust_root_fingerprint is that of trust-root.json; "
            + "the JWT is what the device shows the service.",
        ["inputs"] = new JsonObject
        {
            ["jwt"] = Jwt,
            ["account_id"] = "acme",
            ["trust_root_fingerprint"] = Hex(Session.TrustRootFingerprint.Span),
        },
        ["message"] = Hex(PlatformBase64Url.DecodeFromChars(Session.Reveal().AsSpan(LoginSession.Prefix.Length))),
        ["text"] = Session.Reveal(),
    });

    [Fact]
    public void The_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        byte[] message = [
            .. RawProto.Text(1, inputs.Text("jwt")), .. RawProto.Text(2, inputs.Text("account_id")), .. RawProto.Blob(3, inputs.Bytes("trust_root_fingerprint"))];

        Assert.Equal(vector.Text("message"), Hex(message));
        Assert.Equal(vector.Text("text"), "oss1_" + PlatformBase64Url.EncodeToString(message));
    }

    [Fact]
    public void A_session_and_a_token_read_as_what_they_are()
    {
        var session = Assert.IsType<LoginSession>(RegistrationCredential.Parse(Session.Reveal()));
        Assert.Equal((Jwt, AccountId.Parse("acme")), (session.Secret, session.Account));
        Assert.True(session.TrustRootFingerprint.Span.SequenceEqual(Session.TrustRootFingerprint.Span));

        Assert.IsType<RegistrationTokenText>(RegistrationCredential.Parse(new RegistrationTokenText(new byte[16], AccountId.Parse("acme"), new byte[32]).Reveal()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("opaque")]
    [InlineData("a.b.c\r\nX-Other: 1")]
    [InlineData("a.b c")]
    public void What_does_not_belong_in_a_header_is_no_session(string jwt) =>
        Assert.Throws<ProtocolException>(() => new LoginSession(jwt, AccountId.Parse("acme"), new byte[32]));

    [Fact]
    public void A_session_has_a_length_and_a_service()
    {
        Assert.Throws<ProtocolException>(() => new LoginSession("a." + new string('b', LoginSession.LongestJwt), AccountId.Parse("acme"), new byte[32]));
        Assert.Throws<ProtocolException>(() => new LoginSession(Jwt, AccountId.Parse("acme"), new byte[31]));
        for (var length = 0; length < Session.Reveal().Length; length += 7)
            Assert.ThrowsAny<ProtocolException>(() => LoginSession.Parse(Session.Reveal()[..length]));
    }

    [Fact]
    public void It_prints_nothing_secret() => Assert.Equal("session for acme", Session.ToString());
}
