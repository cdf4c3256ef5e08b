using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Identity;

public sealed class TrustChainVectorTests
{
    private const string File = "trust-chain.json";

    [Fact]
    public void Trust_chain_vector_is_reproduced() => Check(File, Build());

    [Fact]
    public void Trust_chain_vector_follows_from_its_inputs_by_other_means()
    {
        var vector = Read(File);
        var (root, newRoot) = (Public("root_seed"), Public("new_root_seed"));
        var (second, third) = (vector["good"]![1]!, vector["good"]![2]!);

        AssertSigned(second, root, newRoot);
        AssertSigned(third, newRoot, newRoot);
        AssertSigned(vector["forked"]!, root, root);
        AssertSigned(vector["unsigned_by_predecessor"]!, newRoot, newRoot);
        Assert.Equal(third.ToJsonString(), vector["skipped"]!.ToJsonString());

        byte[] Public(string seed) => Ed25519Reference.PublicKey(vector["inputs"]!.Bytes(seed));

        static void AssertSigned(JsonNode link, params byte[][] keys)
        {
            var read = TrustRootLink.Parser.ParseFrom(link.Bytes("link"));
            Assert.Equal(link.Text("payload"), Hex(read.Payload.Span));
            foreach (var key in keys)
                Assert.Contains(read.Signatures, s => Ed25519Reference.IsSigned(key, "openshare/trust-root/v1", link.Bytes("payload"), s.Signature.ToByteArray()));
        }
    }

    [Fact]
    public void Each_link_of_the_vector_is_judged_as_it_says()
    {
        var vector = Read(File);
        var first = TrustChain.Of(TrustRoot.Read(Link(vector["good"]![0]!)));

        Assert.Equal(3u, first.Follow([Link(vector["good"]![1]!), Link(vector["good"]![2]!)]).Newest.Version);
        Assert.Contains("skip", Refusal(first, vector["skipped"]!), StringComparison.Ordinal);
        Assert.Contains("fork", Refusal(first.Follow([Link(vector["good"]![1]!)]), vector["forked"]!), StringComparison.Ordinal);
        Assert.Contains("not signed by a root key of version 1", Refusal(first, vector["unsigned_by_predecessor"]!), StringComparison.Ordinal);

        static TrustRootLink Link(JsonNode node) => TrustRootLink.Parser.ParseFrom(node.Bytes("link"));

        static string Refusal(TrustChain chain, JsonNode node) => Assert.Throws<ProtocolException>(() => chain.Follow([Link(node)])).Message;
    }

    private static JsonObject Build()
    {
        var organisation = new Organisation();
        var (newRoot, newIssuing) = (Organisation.Key(0, 4), Organisation.Key(0, 5));
        var first = organisation.Trust;
        var second = organisation.Next(first, root: newRoot, issuing: newIssuing);
        var third = second.Succeed(second.Keys, [newRoot], second.IssuedAt.AddDays(1));
        var fork = organisation.Next(first);
        var unsigned = second.Forge(_ => { }, newRoot);
        return new JsonObject
        {
            ["description"] = "Links of a chain of trust roots that begins with trust-root.json. Version 2 replaces the root and the issuing key and is signed by "
                + "the root keys of 1 and of 2; version 3 has the keys of 2 and is signed by its root key once. A device at version 1 refuses skipped, "
                + "one at version 2 refuses forked (version 2 with the keys of version 1), and any refuses unsigned_by_predecessor (the payload of version 2, signed by its own root key only).",
            ["context"] = SignatureContext.TrustRoot.Text,
            ["inputs"] = new JsonObject
            {
                ["root_seed"] = Hex(Organisation.Seed(0, 1)),
                ["new_root_seed"] = Hex(Organisation.Seed(0, 4)),
                ["new_issuing_seed"] = Hex(Organisation.Seed(0, 5)),
            },
            ["good"] = new JsonArray(Describe(first.Link), Describe(second.Link), Describe(third.Link)),
            ["skipped"] = Describe(third.Link),
            ["forked"] = Describe(fork.Link),
            ["unsigned_by_predecessor"] = Describe(unsigned),
        };
    }

    private static JsonObject Describe(TrustRootLink link)
    {
        var payload = TrustRootPayload.Parser.ParseFrom(link.Payload);
        return new JsonObject
        {
            ["version"] = payload.Version,
            ["issued_at"] = payload.IssuedAt,
            ["payload"] = Hex(link.Payload.Span),
            ["signed_by"] = new JsonArray([.. link.Signatures.Select(s => (JsonNode)s.KeyId)]),
            ["link"] = Hex(link.ToByteArray()),
        };
    }
}
