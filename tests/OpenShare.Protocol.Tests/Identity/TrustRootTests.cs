using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Identity;

public sealed class TrustRootTests
{
    private readonly Organisation _organisation = new();

    [Fact]
    public void A_trust_root_reads_back_as_it_was_made()
    {
        var read = TrustRoot.Parse(_organisation.Trust.ToText());
        Assert.Equal(1u, read.Version);
        Assert.Equal(_organisation.Trust.Fingerprint.ToArray(), read.Fingerprint.ToArray());
    }

    public static TheoryData<string, Action<TrustRootLink>> BrokenLinks => new()
    {
        { "not signed", link => link.Signatures.Clear() },
        { "not signed", link => link.Signatures[0].KeyId = "" },
        { "not signed", link => link.Signatures[0].Signature = ByteString.CopyFrom(new byte[64]) },
        { "not signed", link => link.Signatures[0].Signature = ByteString.CopyFrom([1]) },
        { "not signed", link => link.Payload = Changed(link, payload => payload.IssuedAt++) },
        { "version", link => link.Payload = ByteString.Empty },
        { "1 to 32 keys", link => link.Payload = Changed(link, payload => payload.Keys.Clear()) },
        { "1 to 32 keys", link => link.Payload = Changed(link, payload => payload.Keys.AddRange(Enumerable.Repeat(payload.Keys[0], 30))) },
        { "Ed25519", link => link.Payload = Changed(link, payload => payload.Keys[1].PubkeyEd25519 = ByteString.CopyFrom([1, 2])) },
        { "version", link => link.Payload = Changed(link, payload => payload.Version = 0) },
        { "too large", link => link.Payload = ByteString.CopyFrom(new byte[Limits.SignedPayload + 1]) },
        { "too large", link => link.Signatures.AddRange(Enumerable.Repeat(new TrustRootSignature(), Limits.TrustKeys)) },
        { "damaged", link => link.Payload = ByteString.CopyFrom([0xff, 0xff]) },
    };

    [Theory]
    [MemberData(nameof(BrokenLinks))]
    public void A_trust_root_that_is_not_whole_is_refused(string says, Action<TrustRootLink> change)
    {
        var link = _organisation.Trust.Link.Clone();
        change(link);
        Assert.Contains(says, Assert.Throws<ProtocolException>(() => TrustRoot.Read(link)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_role_cannot_sign_a_trust_root()
    {
        var link = _organisation.Trust.Link.Clone();
        var issuing = _organisation.Issuing;
        link.Signatures[0] = new TrustRootSignature
        {
            KeyId = issuing.PublicKey.KeyId,
            Signature = ByteString.CopyFrom(issuing.Sign(SignatureContext.TrustRoot.SignedBytes(link.Payload.Span))),
        };
        Assert.Throws<ProtocolException>(() => TrustRoot.Read(link));
    }

    private static ByteString Changed(TrustRootLink link, Action<TrustRootPayload> change)
    {
        var payload = TrustRootPayload.Parser.ParseFrom(link.Payload);
        change(payload);
        return payload.ToByteString();
    }
}
