using Google.Protobuf;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>
/// A handshake partner made of <see cref="HandshakeReference"/> alone: honest as it stands, and every field can be
/// made to lie. It holds its ephemeral key, so it can seal whatever it likes.
/// </summary>
internal sealed class DishonestDevice(HandshakeParty self)
{
    internal byte[] Private { get; init; } = Organisation.Seed(0x77, 0x70);

    internal byte[] Nonce { get; init; } = new byte[32];

    internal uint[] Versions { get; init; } = [1];

    internal uint TrustRootVersion { get; init; } = 1;

    /// <summary>What it hands on with its proof.</summary>
    internal TrustRootLink[] TrustChain { get; init; } = [];

    /// <summary>What it shows; null shows none.</summary>
    internal Signed? Certificate { get; init; } = self.Certificate.Blob;

    /// <summary>Signs what the specification has it sign.</summary>
    internal Func<byte[], byte[]> Sign { get; init; } = bytes => self.Key.Sign(bytes);

    /// <summary>Last word on its proof before that is sealed.</summary>
    internal Action<Authentication> Alter { get; init; } = _ => { };

    /// <summary>The values of the last handshake, as this side sees them.</summary>
    internal HandshakeReference? Values { get; private set; }

    private byte[] _opening = [];

    internal byte[] Opening()
    {
        var hello = new InitiatorHello { Ephemeral = Bytes(X25519Reference.PublicKey(Private)), Nonce = Bytes(Nonce), TrustRootVersion = TrustRootVersion };
        hello.Versions.AddRange(Versions);
        return _opening = new Opening { Hello = hello }.ToByteArray();
    }

    /// <summary>The answer of a responder to an opening.</summary>
    internal byte[] Answer(byte[] opening)
    {
        var peer = Wire.Opening.Parser.ParseFrom(opening).Hello;
        var clear = new ResponderHelloClear
        {
            Version = Versions[0], Ephemeral = Bytes(X25519Reference.PublicKey(Private)), Nonce = Bytes(Nonce), TrustRootVersion = TrustRootVersion,
        }.ToByteArray();
        var shared = X25519Reference.Agree(Private, peer.Ephemeral.ToByteArray());
        Values = new HandshakeReference(shared, opening, clear, [], Certificate ?? new Signed(), new Signed());
        var auth = Seal("responder", 0, new HandshakeAuth { Authentication = Prove("responder"), TrustChain = { TrustChain } }.ToByteArray());
        return new ResponderHello { Clear = Bytes(clear), Sealed = Bytes(auth) }.ToByteArray();
    }

    /// <summary>What the responder's answer says once opened: only its owner of an ephemeral key can.</summary>
    internal Authentication Read(byte[] answer)
    {
        var hello = ResponderHello.Parser.ParseFrom(answer);
        var clear = ResponderHelloClear.Parser.ParseFrom(hello.Clear);
        var shared = X25519Reference.Agree(Private, clear.Ephemeral.ToByteArray());
        var early = new HandshakeReference(shared, _opening, hello.Clear.ToByteArray(), [], new Signed(), new Signed());
        var auth = HandshakeAuth.Parser.ParseFrom(HandshakeReference.Open(early.SealKey("responder"), 0, hello.Sealed.ToByteArray())).Authentication;
        Values = new HandshakeReference(shared, _opening, hello.Clear.ToByteArray(), [], auth.Certificate, Certificate ?? new Signed());
        return auth;
    }

    /// <summary>The proof of an initiator that has read the answer.</summary>
    internal byte[] Proof() => Seal("initiator", 0, new HandshakeAuth { Authentication = Prove("initiator"), TrustChain = { TrustChain } }.ToByteArray());

    /// <summary>Any bytes, as a handshake message of a role.</summary>
    internal byte[] Seal(string role, int number, byte[] text)
    {
        using var cipher = new System.Security.Cryptography.ChaCha20Poly1305(Values!.SealKey(role));
        var (sealedText, tag) = (new byte[text.Length], new byte[16]);
        cipher.Encrypt(HandshakeReference.Nonce(number), text, sealedText, tag);
        return [.. sealedText, .. tag];
    }

    private Authentication Prove(string role)
    {
        var proof = new Authentication { Certificate = Certificate, Signature = Bytes(Sign(Values!.SignedBytes(role))), Mac = Bytes(Values.Mac(role)) };
        Alter(proof);
        return proof;
    }

    private static ByteString Bytes(byte[] bytes) => ByteString.CopyFrom(bytes);
}
