using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using NSec.Cryptography;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Channel;

/// <summary>
/// A further stream of a session: Join{session, stream, nonce_i, MAC} answered by JoinAnswer{nonce_r, MAC}. Its keys
/// come from the join secret, the stream's id and both nonces, so no two streams ever share one.
/// </summary>
public static class StreamJoin
{
    private const int NonceSize = 32;

    /// <summary>The initiator's request, for an opening frame.</summary>
    /// <param name="streamId">from 1 on, each used once in the session</param>
    /// <param name="binding">what the transport knows of itself that both sides see (empty for TCP)</param>
    public static Join Request(Session session, uint streamId, IRandomSource random, ReadOnlySpan<byte> binding = default)
    {
        if (session.Role != HandshakeRole.Initiator)
            throw new InvalidOperationException("Only the side that dialled the session joins streams to it.");
        var nonce = random.Bytes(NonceSize);
        return new Join
        {
            SessionId = ByteString.CopyFrom(session.Id.ToBytes()),
            StreamId = streamId,
            Nonce = ByteString.CopyFrom(nonce),
            Mac = ByteString.CopyFrom(Mac(session, "join initiator", streamId, nonce, [], binding)),
        };
    }

    /// <summary>The responder's answer and the stream's channel.</summary>
    /// <exception cref="ProtocolException">not proven, a stream id that came before, or sent to the side that dialled</exception>
    public static (JoinAnswer Answer, SecureChannel Channel) Accept(Session session, Join join, IRandomSource random, ReadOnlySpan<byte> binding = default)
    {
        // The initiator's own join, led back to it by the network, would verify: both ends of that stream would then
        // seal under one key with one counter.
        if (session.Role != HandshakeRole.Responder)
            throw new ProtocolException("A stream wanted to join a session from its wrong side.");
        if (join.Nonce.Length != NonceSize
            || !CryptographicOperations.FixedTimeEquals(Mac(session, "join initiator", join.StreamId, join.Nonce.Span, [], binding), join.Mac.Span))
            throw new ProtocolException("A stream wanted to join a session without knowing its secret.");
        if (!session.Streams.Take(join.StreamId))
            throw new ProtocolException($"The stream {join.StreamId} wanted to join a session a second time, or after too many.");
        var nonce = random.Bytes(NonceSize);
        var answer = new JoinAnswer
        {
            Nonce = ByteString.CopyFrom(nonce),
            Mac = ByteString.CopyFrom(Mac(session, "join responder", join.StreamId, join.Nonce.Span, nonce, binding)),
        };
        return (answer, Channel(session, join.StreamId, join.Nonce.Span, nonce, binding));
    }

    /// <summary>The initiator's check of the answer, and the stream's channel.</summary>
    /// <exception cref="ProtocolException">refused, or not proven</exception>
    public static SecureChannel Complete(Session session, Join join, JoinAnswer answer, ReadOnlySpan<byte> binding = default)
    {
        if (answer.Hint is { } hint)
            throw new ProtocolException(Hints.Text(hint.Code));
        if (answer.Nonce.Length != NonceSize
            || !CryptographicOperations.FixedTimeEquals(Mac(session, "join responder", join.StreamId, join.Nonce.Span, answer.Nonce.Span, binding), answer.Mac.Span))
            throw new ProtocolException("The answer to a join did not prove the session's secret.");
        return Channel(session, join.StreamId, join.Nonce.Span, answer.Nonce.Span, binding);
    }

    private static SecureChannel Channel(Session session, uint streamId, ReadOnlySpan<byte> nonceI, ReadOnlySpan<byte> nonceR, ReadOnlySpan<byte> binding) =>
        SecureChannel.Create(
            session.Role,
            Expand(session, "records initiator", streamId, nonceI, nonceR, binding),
            Expand(session, "records responder", streamId, nonceI, nonceR, binding));

    private static byte[] Mac(Session session, string label, uint streamId, ReadOnlySpan<byte> nonceI, ReadOnlySpan<byte> nonceR, ReadOnlySpan<byte> binding) =>
        HMACSHA256.HashData(Expand(session, label, streamId, nonceI, nonceR, binding), "openshare/join/v1"u8);

    private static byte[] Expand(Session session, string label, uint streamId, ReadOnlySpan<byte> nonceI, ReadOnlySpan<byte> nonceR, ReadOnlySpan<byte> binding)
    {
        Span<byte> stream = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(stream, streamId);
        byte[] info = [.. Encoding.ASCII.GetBytes("openshare/join/v1 " + label), 0, .. session.Id.ToBytes(), .. stream, .. nonceI, .. nonceR, .. binding];
        return KeyDerivationAlgorithm.HkdfSha256.Expand(session.JoinSecret, info, 32);
    }
}
