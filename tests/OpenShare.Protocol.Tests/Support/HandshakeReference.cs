using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>
/// The handshake's key schedule once more, from docs/protocol.md and with the platform's primitives only: what a
/// stranger would write. Every intermediate value has its name here.
/// </summary>
internal sealed class HandshakeReference
{
    private const string Label = "openshare/handshake/v1 ";

    internal HandshakeReference(byte[] shared, byte[] opening, byte[] clear, byte[] binding, Signed responder, Signed initiator)
    {
        HellosHash = Hash("openshare/handshake/v1", opening, clear, binding);
        EarlySecret = HKDF.Extract(HashAlgorithmName.SHA256, shared, HellosHash);
        ResponderTranscript = Hash("openshare/handshake-certificate/v1", HellosHash, responder.Payload.ToByteArray(), responder.Signature.ToByteArray());
        InitiatorTranscript = Hash("openshare/handshake-certificate/v1", ResponderTranscript, initiator.Payload.ToByteArray(), initiator.Signature.ToByteArray());
        FinalSecret = HKDF.Extract(HashAlgorithmName.SHA256, shared, InitiatorTranscript);
    }

    internal byte[] HellosHash { get; }

    internal byte[] EarlySecret { get; }

    internal byte[] ResponderTranscript { get; }

    internal byte[] InitiatorTranscript { get; }

    internal byte[] FinalSecret { get; }

    internal byte[] SealKey(string role) => Expand(EarlySecret, Label + "seal " + role);

    internal byte[] MacKey(string role) => Expand(EarlySecret, Label + "mac " + role);

    internal byte[] Mac(string role) => HMACSHA256.HashData(MacKey(role), role == "initiator" ? InitiatorTranscript : ResponderTranscript);

    internal byte[] SignedBytes(string role) =>
        [.. "openshare/handshake/v1\0"u8, (byte)(role == "initiator" ? 1 : 2), .. role == "initiator" ? InitiatorTranscript : ResponderTranscript];

    internal byte[] SessionId => Expand(FinalSecret, Label + "session id")[..16];

    internal byte[] JoinSecret => Expand(FinalSecret, Label + "join");

    internal byte[] RecordKey(string role) => Expand(FinalSecret, Label + "records " + role);

    internal static byte[] Open(byte[] key, int number, byte[] bytes)
    {
        using var cipher = new ChaCha20Poly1305(key);
        var text = new byte[bytes.Length - 16];
        cipher.Decrypt(Nonce(number), bytes.AsSpan(0, text.Length), bytes.AsSpan(text.Length), text);
        return text;
    }

    /// <summary>A record: header, ciphertext, tag.</summary>
    internal static byte[] Record(byte[] key, ulong counter, byte type, byte[] text)
    {
        using var cipher = new ChaCha20Poly1305(key);
        byte[] header = [type, (byte)(text.Length + 16 >> 16), (byte)(text.Length + 16 >> 8), (byte)(text.Length + 16)];
        var (sealedText, tag) = (new byte[text.Length], new byte[16]);
        cipher.Encrypt(Nonce((long)counter), text, sealedText, tag, header);
        return [.. header, .. sealedText, .. tag];
    }

    internal static byte[] Expand(byte[] key, string info) => HKDF.Expand(HashAlgorithmName.SHA256, key, 32, Encoding.ASCII.GetBytes(info));

    internal static byte[] Nonce(long counter)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(4), counter);
        return nonce;
    }

    private static byte[] Hash(string label, params byte[][] parts) =>
        SHA256.HashData([.. Encoding.ASCII.GetBytes(label), .. parts.SelectMany(part => (byte[])[.. Length(part), .. part])]);

    private static byte[] Length(byte[] part)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        return length;
    }
}
