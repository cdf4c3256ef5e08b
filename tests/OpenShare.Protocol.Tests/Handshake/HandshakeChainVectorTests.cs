using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>Two handshakes in which one side is a version of the trust root behind: where the chain travels.</summary>
public sealed class HandshakeChainVectorTests
{
    private const string File = "handshake-chain.json";
    private static readonly byte[] PrivateI = Run(0x20), NonceI = Run(0x60), PrivateR = Run(0x40), NonceR = Run(0x80);

    [Fact]
    public void Handshake_with_a_chain_is_reproduced() => Check(File, new JsonObject
    {
        ["description"] = "Handshakes between a device (key seed 000a..) at version 1, trust-root.json, and one (000b..) at version 3 with a certificate under a new issuing key; both "
            + "certificates are vouched for by version 3, which lists the issuing keys of both. links: what the side ahead hands on in its sealed HandshakeAuth, field 3. "
            + "Ephemerals and nonces as in handshake.json, no binding; seal keys as there, so that every frame can be opened.",
        ["initiator_behind"] = Describe(Shake(initiatorIsBehind: true), initiatorIsBehind: true),
        ["responder_behind"] = Describe(Shake(initiatorIsBehind: false), initiatorIsBehind: false),
    });

    [Theory]
    [InlineData("initiator_behind", "responder", 2)]
    [InlineData("responder_behind", "initiator", 2)]
    public void The_chain_is_in_the_sealed_message_of_the_side_ahead_by_other_means(string which, string ahead, int links)
    {
        var vector = Read(File)[which]!;
        var plain = HandshakeReference.Open(vector.Bytes($"seal_key_{ahead}"), 0, vector.Bytes(ahead == "responder" ? "responder_sealed" : "initiator_proof"));
        byte[] chain = [.. vector["links"]!.AsArray().SelectMany(link => RawProto.Blob(3, Convert.FromHexString(link!.GetValue<string>())))];

        Assert.Equal(links, vector["links"]!.AsArray().Count);
        Assert.Equal(Hex(chain), Hex(plain.AsSpan()[^chain.Length..]));
        Assert.NotEmpty(HandshakeAuth.Parser.ParseFrom(plain).Authentication.Certificate.Payload);
    }

    private static HandshakePair Shake(bool initiatorIsBehind)
    {
        var organisation = new Organisation();
        var (newRoot, newIssuing) = (Organisation.Key(0, 4), Organisation.Key(0, 5));
        var first = organisation.Trust;
        var keys = first.Keys.Select(k => k.Role == TrustKey.Types.Role.Root ? k with { Key = newRoot.PublicKey } : k)
            .Append(first.Keys[1] with { Key = newIssuing.PublicKey }).ToList();
        var second = first.Succeed(keys, [organisation.Root, newRoot], first.IssuedAt.AddDays(1));
        var third = second.Succeed(keys, [newRoot], second.IssuedAt.AddDays(1));
        var behind = organisation.Device(10);
        var ahead = organisation.Device(11, issuing: newIssuing) with { Trust = TrustChain.Of(first).Follow([second.Link, third.Link]) };
        var (randomI, randomR) = (new ScriptedRandom(PrivateI, NonceI), new ScriptedRandom(PrivateR, NonceR));
        var pair = (initiatorIsBehind ? new HandshakePair(behind, ahead, null, randomI, randomR) : new HandshakePair(ahead, behind, null, randomI, randomR)).Run();
        Assert.NotNull(pair.InitiatorResult);
        Assert.NotNull(pair.ResponderResult);
        return pair;
    }

    private static JsonObject Describe(HandshakePair pair, bool initiatorIsBehind)
    {
        var hello = ResponderHello.Parser.ParseFrom(pair.Frames[1]);
        var shared = X25519Reference.Agree(PrivateI, X25519Reference.PublicKey(PrivateR));
        var reference = new HandshakeReference(shared, pair.Frames[0], hello.Clear.ToByteArray(), [], pair.InitiatorResult!.Peer.Blob, pair.ResponderResult!.Peer.Blob);
        var links = (initiatorIsBehind ? pair.AtInitiator : pair.AtResponder).OfType<HandshakeEffect.TrustRootFollowed>().Single().Links;
        return new JsonObject
        {
            ["seal_key_initiator"] = Hex(reference.SealKey("initiator")),
            ["seal_key_responder"] = Hex(reference.SealKey("responder")),
            ["session_id"] = Hex(reference.SessionId),
            ["links"] = new JsonArray([.. links.Select(link => (JsonNode)Hex(link.ToByteArray()))]),
            ["opening"] = Hex(pair.Frames[0]),
            ["responder_hello_clear"] = Hex(hello.Clear.Span),
            ["responder_sealed"] = Hex(hello.Sealed.Span),
            ["initiator_proof"] = Hex(pair.Frames[2]),
            ["responder_verdict"] = Hex(pair.Frames[3]),
        };
    }

    private static byte[] Run(int from) => [.. Enumerable.Range(from, 32).Select(b => (byte)b)];
}
