using System.Text.Json.Nodes;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using static OpenShare.Protocol.Tests.Support.VectorFile;
using PlatformBase64Url = System.Buffers.Text.Base64Url;

namespace OpenShare.Protocol.Tests.Registration;

public sealed class RegistrationTokenVectorTests
{
    private const string File = "registration-token.json";
    private static readonly byte[] Secret = [.. Enumerable.Range(0xa0, RegistrationTokenText.SecretSize).Select(b => (byte)b)];

    [Fact]
    public void Registration_token_vector_is_reproduced() => Check(File, Build());

    [Fact]
    public void Registration_token_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var inputs = vector["inputs"]!;
        byte[] message = [
            .. RawProto.Blob(1, inputs.Bytes("secret")), .. RawProto.Text(2, inputs.Text("account_id")), .. RawProto.Blob(3, inputs.Bytes("trust_root_fingerprint"))];

        Assert.Equal(vector.Text("message"), Hex(message));
        Assert.Equal(vector.Text("text"), "ost1_" + PlatformBase64Url.EncodeToString(message));
        Assert.Equal(vector.Text("bearer"), PlatformBase64Url.EncodeToString(inputs.Bytes("secret")));
    }

    [Fact]
    public void The_token_in_the_vector_reads()
    {
        var vector = Read(File);
        var token = RegistrationTokenText.Parse($"  {vector.Text("text")}\n");

        Assert.Equal(AccountId.Parse("acme"), token.Account);
        Assert.Equal(vector.Text("bearer"), token.Secret);
        Assert.Equal(Read("trust-root.json").Text("fingerprint"), Hex(token.TrustRootFingerprint.Span));
    }

    private static JsonObject Build()
    {
        var fingerprint = new Organisation().Trust.Fingerprint;
        var token = new RegistrationTokenText(Secret, AccountId.Parse("acme"), fingerprint.Span);
        return new JsonObject
        {
            ["description"] = "A one-time registration token: \"ost1_\" and base64url (no padding) of the message. trust_root_fingerprint is that of trust-root.json; "
                + "bearer, base64url of the secret, is what the device shows the service.",
            ["inputs"] = new JsonObject
            {
                ["secret"] = Hex(Secret),
                ["account_id"] = token.Account.Value,
                ["trust_root_fingerprint"] = Hex(fingerprint.Span),
            },
            ["message"] = Hex(PlatformBase64Url.DecodeFromChars(token.Reveal().AsSpan(RegistrationTokenText.Prefix.Length))),
            ["text"] = token.Reveal(),
            ["bearer"] = token.Secret,
        };
    }
}
