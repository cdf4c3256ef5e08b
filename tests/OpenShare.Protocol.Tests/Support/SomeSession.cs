using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>Both ends of a session with stated secrets, without the handshake that would have made them.</summary>
internal static class SomeSession
{
    internal static readonly byte[] Id = [.. Enumerable.Range(0xe0, 16).Select(b => (byte)b)];
    internal static readonly byte[] JoinSecret = [.. Enumerable.Repeat((byte)0x5a, 32)];

    internal static Session Of(HandshakeRole role, byte[]? id = null, byte[]? joinSecret = null) => new(
        SessionId.FromBytes(id ?? Id), role, [.. joinSecret ?? JoinSecret],
        [.. Enumerable.Repeat((byte)1, 32)], [.. Enumerable.Repeat((byte)2, 32)]);
}
