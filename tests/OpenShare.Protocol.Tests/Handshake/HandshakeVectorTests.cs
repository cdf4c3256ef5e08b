using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Tests.Support.VectorFile;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>One whole handshake: its frames in handshake.json, every secret on the way in key-schedule.json.</summary>
public sealed class HandshakeVectorTests
{
    private static readonly byte[] PrivateI = Run(0x20), NonceI = Run(0x60), PrivateR = Run(0x40), NonceR = Run(0x80), InstanceR = Run(0xA0)[..InstanceId.Size];
    private static readonly byte[] Binding = [.. "a transport binding"u8];

    [Fact]
    public void Handshake_vector_is_reproduced() => Check("handshake.json", Frames(Shake()));

    [Fact]
    public void Key_schedule_vector_is_reproduced() => Check("key-schedule.json", Secrets(Shake()));

    [Fact]
    public void Handshake_vector_follows_from_the_key_schedule_by_other_means()
    {
        var frames = Read("handshake.json");
        var secrets = Read("key-schedule.json");
        var clear = frames.Bytes("responder_hello_clear");
        var opening = RawProto.Blob(1, [
            .. RawProto.Blob(1, [1]), .. RawProto.Blob(2, X25519Reference.PublicKey(PrivateI)), .. RawProto.Blob(3, NonceI), .. RawProto.Number(4, 1)]);

        Assert.Equal(Hex(opening), frames.Text("opening"));
        Assert.Equal(Hex([.. RawProto.Number(1, 1), .. RawProto.Blob(2, X25519Reference.PublicKey(PrivateR)), .. RawProto.Blob(3, NonceR), .. RawProto.Number(4, 1)]), Hex(clear));
        Assert.Equal(secrets.Text("shared_secret"), Hex(X25519Reference.Agree(PrivateI, X25519Reference.PublicKey(PrivateR))));
        Assert.Equal(Hex([.. RawProto.Blob(1, clear), .. RawProto.Blob(2, frames.Bytes("responder_sealed"))]), frames.Text("responder_hello"));

        var answer = HandshakeReference.Open(secrets.Bytes("seal_key_responder"), 0, frames.Bytes("responder_sealed"));
        Assert.Equal(Hex(Auth("responder", 0)), Hex(answer));
        var proof = HandshakeReference.Open(secrets.Bytes("seal_key_initiator"), 0, frames.Bytes("initiator_proof"));
        Assert.Equal(Hex(Auth("initiator", 5)), Hex(proof));
        // Accepted: field 1, empty.
        Assert.Equal("0a00", Hex(HandshakeReference.Open(secrets.Bytes("seal_key_responder"), 1, frames.Bytes("responder_verdict"))));

        byte[] Auth(string role, ulong crlVersion) => RawProto.Blob(1, [
            .. RawProto.Blob(1, frames.Bytes($"{role}_certificate")), .. RawProto.Number(2, crlVersion),
            .. RawProto.Blob(3, secrets.Bytes($"signature_{role}")), .. RawProto.Blob(4, secrets.Bytes($"mac_{role}")),
            .. role == "responder" ? RawProto.Blob(7, InstanceR) : []]);
    }

    private static HandshakePair Shake()
    {
        var organisation = new Organisation();
        var initiator = organisation.Device(10) with { Revoked = organisation.Revoke(5) };
        var pair = new HandshakePair(
            initiator, organisation.Device(11) with { Instance = InstanceId.FromBytes(InstanceR) }, null, new ScriptedRandom(PrivateI, NonceI), new ScriptedRandom(PrivateR, NonceR), Binding).Run();
        Assert.NotNull(pair.InitiatorResult);
        Assert.NotNull(pair.ResponderResult);
        Assert.Equal(4, pair.Frames.Count);
        return pair;
    }

    private static JsonObject Frames(HandshakePair pair)
    {
        var hello = ResponderHello.Parser.ParseFrom(pair.Frames[1]);
        return new JsonObject
        {
            ["description"] = "One handshake under trust-root.json, frame by frame, without the 4 bytes of length before each on TCP. The initiator's device has key seed 000a.. "
                + "and revocation list 5, the responder's 000b.., none, and an instance. Secrets: key-schedule.json.",
            ["inputs"] = new JsonObject
            {
                ["initiator_seed"] = Hex(Organisation.Seed(0, 10)),
                ["responder_seed"] = Hex(Organisation.Seed(0, 11)),
                ["initiator_ephemeral_private"] = Hex(PrivateI),
                ["initiator_nonce"] = Hex(NonceI),
                ["responder_ephemeral_private"] = Hex(PrivateR),
                ["responder_nonce"] = Hex(NonceR),
                ["responder_instance"] = Hex(InstanceR),
                ["binding"] = Hex(Binding),
                ["now"] = Organisation.Now.ToUnixTimeSeconds(),
            },
            ["initiator_certificate"] = Hex(pair.ResponderResult!.Peer.Blob.ToByteArray()),
            ["responder_certificate"] = Hex(pair.InitiatorResult!.Peer.Blob.ToByteArray()),
            ["opening"] = Hex(pair.Frames[0]),
            ["responder_hello"] = Hex(pair.Frames[1]),
            ["responder_hello_clear"] = Hex(hello.Clear.Span),
            ["responder_sealed"] = Hex(hello.Sealed.Span),
            ["initiator_proof"] = Hex(pair.Frames[2]),
            ["responder_verdict"] = Hex(pair.Frames[3]),
        };
    }

    private static JsonObject Secrets(HandshakePair pair)
    {
        var shared = X25519Reference.Agree(PrivateI, X25519Reference.PublicKey(PrivateR));
        var clear = ResponderHello.Parser.ParseFrom(pair.Frames[1]).Clear.ToByteArray();
        var reference = new HandshakeReference(shared, pair.Frames[0], clear, Binding, pair.InitiatorResult!.Peer.Blob, pair.ResponderResult!.Peer.Blob);
        var (session, other) = (pair.InitiatorResult.Session, pair.ResponderResult.Session);

        // The reference and both machines must agree before anything is called golden.
        Assert.Equal(Hex(reference.SessionId), session.Id.ToString());
        Assert.Equal(session.Id, other.Id);
        Assert.Equal(reference.JoinSecret, session.JoinSecret);
        Assert.Equal(reference.JoinSecret, other.JoinSecret);
        AssertRecordKey(reference, "initiator", session);
        AssertRecordKey(reference, "responder", other);
        return new JsonObject
        {
            ["description"] = "The key schedule of handshake.json, every value on the way. H(label, a, b, c) = SHA-256(label, len32(a), a, len32(b), b, len32(c), c); "
                + "HKDF and HMAC with SHA-256; every info is ASCII. signatures: Ed25519 by each device's key over its signed bytes.",
            ["shared_secret"] = Hex(shared),
            ["hellos_hash"] = Hex(reference.HellosHash),
            ["early_secret"] = Hex(reference.EarlySecret),
            ["seal_key_initiator"] = Hex(reference.SealKey("initiator")),
            ["seal_key_responder"] = Hex(reference.SealKey("responder")),
            ["mac_key_initiator"] = Hex(reference.MacKey("initiator")),
            ["mac_key_responder"] = Hex(reference.MacKey("responder")),
            ["transcript_responder"] = Hex(reference.ResponderTranscript),
            ["signed_bytes_responder"] = Hex(reference.SignedBytes("responder")),
            ["signature_responder"] = Hex(Organisation.Key(0, 11).Sign(reference.SignedBytes("responder"))),
            ["mac_responder"] = Hex(reference.Mac("responder")),
            ["transcript_initiator"] = Hex(reference.InitiatorTranscript),
            ["signed_bytes_initiator"] = Hex(reference.SignedBytes("initiator")),
            ["signature_initiator"] = Hex(Organisation.Key(0, 10).Sign(reference.SignedBytes("initiator"))),
            ["mac_initiator"] = Hex(reference.Mac("initiator")),
            ["final_secret"] = Hex(reference.FinalSecret),
            ["session_id"] = Hex(reference.SessionId),
            ["join_secret"] = Hex(reference.JoinSecret),
            ["record_key_initiator"] = Hex(reference.RecordKey("initiator")),
            ["record_key_responder"] = Hex(reference.RecordKey("responder")),
        };
    }

    // What a side seals is what the reference seals under that side's key.
    private static void AssertRecordKey(HandshakeReference reference, string role, Session session)
    {
        using var channel = session.OpenControlChannel();
        byte[] record = [0, 0, 0, 0, .. "first"u8, .. new byte[16]];
        channel.Seal(RecordType.Control, record);
        Assert.Equal(Hex(HandshakeReference.Record(reference.RecordKey(role), 0, 1, [.. "first"u8])), Hex(record));
    }

    private static byte[] Run(int from) => [.. Enumerable.Range(from, 32).Select(b => (byte)b)];
}
