using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Handshake;

/// <summary>What a handshake machine asks its shell to do, in this order.</summary>
public abstract record HandshakeEffect
{
    private HandshakeEffect() { }

    /// <summary>Send this frame's bytes (the shell puts the length before it).</summary>
    public sealed record SendFrame(byte[] Frame) : HandshakeEffect;

    /// <summary>
    /// The other side was ahead, and its newer trust roots follow from this device's own: adopt them, whatever else
    /// becomes of the handshake. Whoever handed them on cannot have made them.
    /// </summary>
    public sealed record TrustRootFollowed(IReadOnlyList<TrustRootLink> Links) : HandshakeEffect;

    /// <summary>Both sides are authenticated and the channel is open.</summary>
    public sealed record Established(HandshakeResult Result) : HandshakeEffect;

    /// <summary>It came to nothing; close the connection once everything before this is sent.</summary>
    public sealed record Failed(HandshakeFailure Failure) : HandshakeEffect;
}

/// <summary>Why a handshake came to nothing: a closed set, each with its own consequence.</summary>
/// <param name="Detail">in words, for a person</param>
public abstract record HandshakeFailure(string Detail)
{
    /// <summary>We refused the other side. The certificate is the one it showed, where that could be read.</summary>
    public sealed record Refused(RefusalCode Code, string Detail, DeviceCertificate? Certificate = null) : HandshakeFailure(Detail)
    {
        /// <summary>
        /// It holds the key of the certificate that it showed, whatever else is wrong. False where anybody may have shown
        /// it: certificates are no secret of their device.
        /// </summary>
        public bool IsKeyProven { get; init; }

        /// <summary>Which run of the device that is; none where the key is not proven.</summary>
        public InstanceId Instance { get; init; }
    }

    /// <summary>The other side refused us, and said so under the handshake's own key.</summary>
    public sealed record RefusedByPeer(RefusalCode Code, string Detail) : HandshakeFailure(Detail)
    {
        /// <summary>
        /// Who refused, where it had proven itself: always so for a verdict on the initiator's proof. Null where whoever
        /// answers at that address may have said it: then it is shown, and changes no state, as a hint.
        /// </summary>
        public DeviceCertificate? By { get; init; }

        /// <summary>Which run of that device; none where it had not proven itself.</summary>
        public InstanceId Instance { get; init; }
    }

    /// <summary>The other side gave an unauthenticated hint: it changes no state, and is shown as it is.</summary>
    public sealed record Hinted(Hint.Types.Code Code, string Detail) : HandshakeFailure(Detail);

    /// <summary>Bytes that are no handshake, or were altered on the way.</summary>
    public sealed record Broken(string Detail) : HandshakeFailure(Detail);

    public sealed record TimedOut(string Detail) : HandshakeFailure(Detail);
}
