using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using IncrementalHash = System.Security.Cryptography.IncrementalHash;

namespace OpenShare.Protocol.Handshake;

/// <summary>
/// The key schedule: HKDF (RFC 5869) over an X25519 secret (RFC 7748). The salt of the first extraction is the
/// hash of both hellos and the transport binding; that of the final one covers both certificates as well.
/// </summary>
internal sealed class HandshakeKeys : IDisposable
{
    private readonly SharedSecret _shared;
    private readonly byte[] _hellos;
    private readonly byte[] _early;

    private HandshakeKeys(SharedSecret shared, byte[] hellos)
    {
        _shared = shared;
        _hellos = hellos;
        _early = KeyDerivationAlgorithm.HkdfSha256.Extract(shared, hellos);
    }

    /// <returns>null for a shared secret of all zeros, which must be refused (RFC 7748 §6.1), and for bytes that are no key</returns>
    internal static HandshakeKeys? Agree(Key ephemeral, ReadOnlySpan<byte> peerEphemeral, byte[] opening, byte[] clear, ReadOnlySpan<byte> binding)
    {
        if (!NSec.Cryptography.PublicKey.TryImport(KeyAgreementAlgorithm.X25519, peerEphemeral, KeyBlobFormat.RawPublicKey, out var peer))
            return null;
        var shared = KeyAgreementAlgorithm.X25519.Agree(ephemeral, peer!);
        return shared is null ? null : new HandshakeKeys(shared, Hash("openshare/handshake/v1"u8, opening, clear, binding));
    }

    internal byte[] SealKey(HandshakeRole role) => Expand(_early, $"seal {Word(role)}");

    internal byte[] Mac(HandshakeRole role, ReadOnlySpan<byte> transcript) =>
        HMACSHA256.HashData(Expand(_early, $"mac {Word(role)}"), transcript);

    /// <summary>The transcript that the responder signs: the hellos and its own certificate.</summary>
    internal byte[] ResponderTranscript(Signed responderCertificate) => WithCertificate(_hellos, responderCertificate);

    /// <summary>The transcript that the initiator signs: the hellos and both certificates.</summary>
    internal static byte[] InitiatorTranscript(byte[] responderTranscript, Signed initiatorCertificate) =>
        WithCertificate(responderTranscript, initiatorCertificate);

    /// <summary>What a side signs: its role and its transcript.</summary>
    internal static byte[] SignedBytes(HandshakeRole role, ReadOnlySpan<byte> transcript) =>
        SignatureContext.Handshake.SignedBytes([(byte)role, .. transcript]);

    internal Session Finish(byte[] initiatorTranscript, HandshakeRole role)
    {
        var final = KeyDerivationAlgorithm.HkdfSha256.Extract(_shared, initiatorTranscript);
        var session = new Session(
            SessionId.FromBytes(Expand(final, "session id").AsSpan(0, 16)),
            role,
            joinSecret: Expand(final, "join"),
            initiatorKey: Expand(final, "records initiator"),
            responderKey: Expand(final, "records responder"));
        CryptographicOperations.ZeroMemory(final);
        return session;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_early);
        _shared.Dispose();
    }

    private static string Word(HandshakeRole role) => role == HandshakeRole.Initiator ? "initiator" : "responder";

    private static byte[] Expand(byte[] key, string label) =>
        KeyDerivationAlgorithm.HkdfSha256.Expand(key, Encoding.ASCII.GetBytes("openshare/handshake/v1 " + label), 32);

    private static byte[] WithCertificate(ReadOnlySpan<byte> transcript, Signed certificate) =>
        Hash("openshare/handshake-certificate/v1"u8, transcript, certificate.Payload.Span, certificate.Signature.Span);

    /// <summary>SHA-256 of the label and of each part with its length (32 bits, big-endian) before it.</summary>
    private static byte[] Hash(ReadOnlySpan<byte> label, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(label);
        Append(hash, first);
        Append(hash, second);
        Append(hash, third);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
