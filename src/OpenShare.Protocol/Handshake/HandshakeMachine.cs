using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Handshake;

/// <summary>What both roles of the handshake (SIGMA-I) share: the deadline, the end, and how a side proves itself.</summary>
public abstract class HandshakeMachine : IDisposable
{
    private protected HandshakeMachine(HandshakeParty self, HandshakeRole role, IRandomSource random, ReadOnlySpan<byte> binding)
    {
        Self = self;
        Role = role;
        Binding = binding.ToArray();
        Ephemeral = new Ephemeral(random);
    }

    /// <summary>When <see cref="HandleTimeout"/> wants to be called; null once the handshake has ended.</summary>
    public DateTimeOffset? NextTimeout { get; private protected set; }

    /// <summary>Bytes that the next frame may have.</summary>
    public abstract int LongestFrame { get; }

    private protected HandshakeParty Self { get; private set; }

    private protected HandshakeRole Role { get; }

    private protected byte[] Binding { get; }

    private protected Ephemeral Ephemeral { get; }

    private protected HandshakeKeys? Keys { get; set; }

    private protected bool HasEnded { get; private set; }

    private IReadOnlyList<TrustRootLink>? _followed;

    /// <summary>One frame from the other side. After Established or Failed nothing more happens.</summary>
    public IReadOnlyList<HandshakeEffect> Handle(ReadOnlySpan<byte> frame, DateTimeOffset now)
    {
        if (HasEnded)
            return [];
        if (now >= NextTimeout)
            return HandleTimeout(now);
        if (frame.Length > LongestFrame)
            return Fail(new HandshakeFailure.Broken($"A handshake message of {frame.Length} bytes arrived; the limit is {LongestFrame}."));
        var effects = HandleWhole(frame, now);
        if (_followed is not { } links)
            return effects;
        _followed = null;
        return [new HandshakeEffect.TrustRootFollowed(links), .. effects];
    }

    public IReadOnlyList<HandshakeEffect> HandleTimeout(DateTimeOffset now) =>
        NextTimeout is { } deadline && now >= deadline
            ? Fail(new HandshakeFailure.TimedOut("The other side did not finish the handshake in time."))
            : [];

    public void Dispose()
    {
        Keys?.Dispose();
        Ephemeral.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract IReadOnlyList<HandshakeEffect> HandleFrame(ReadOnlySpan<byte> frame, DateTimeOffset now);

    private IReadOnlyList<HandshakeEffect> HandleWhole(ReadOnlySpan<byte> frame, DateTimeOffset now)
    {
        try
        {
            return HandleFrame(frame, now);
        }
        catch (ProtocolException error)
        {
            return Fail(new HandshakeFailure.Broken(error.Message));
        }
    }

    private protected Authentication Prove(byte[] transcript) => new()
    {
        Certificate = Self.Certificate.Blob,
        CrlVersion = Self.Revoked?.Version ?? 0,
        DiscoveryKeyVersion = Self.DiscoveryKey?.Version ?? 0,
        Signature = ByteString.CopyFrom(Self.Key.Sign(HandshakeKeys.SignedBytes(Role, transcript))),
        Mac = ByteString.CopyFrom(Keys!.Mac(Role, transcript)),
        Instance = ByteString.CopyFrom(Self.Instance.ToBytes()),
    };

    private protected bool Proves(DeviceCertificate shown, HandshakeRole role, Authentication peer, byte[] transcript) =>
        shown.PublicKey.Verify(HandshakeKeys.SignedBytes(role, transcript), peer.Signature.Span)
        && CryptographicOperations.FixedTimeEquals(Keys!.Mac(role, transcript), peer.Mac.Span);

    /// <summary>
    /// Both sides must judge by the same trust root: this one follows the other's chain where that is ahead. One that is
    /// behind is given this one's, with whatever is said to it.
    /// </summary>
    /// <param name="peers">the version in its hello</param>
    /// <param name="chain">what it handed on</param>
    private protected HandshakeFailure.Refused? JudgeTrustRoot(uint peers, IReadOnlyList<TrustRootLink> chain)
    {
        var own = Self.Trust.Newest.Version;
        try
        {
            if (peers > own && Self.Trust.Follow(chain) is var followed && followed != Self.Trust)
                (Self, _followed) = (Self.Following(followed), chain);
        }
        catch (ProtocolException error)
        {
            return new(RefusalCode.BadTrustRoot, $"It showed newer keys of the organisation that are refused. {error.Message}");
        }
        return peers == Self.Trust.Newest.Version || (peers < own && Self.Trust.Since(peers) is not null)
            ? null
            : new(RefusalCode.TrustRootBehind, $"It knows the organisation's keys as version {peers}, here they are version {Self.Trust.Newest.Version}. The one behind must reach the registration service once.");
    }

    /// <summary>The first sealed message of this side, with the chain for a peer that is behind.</summary>
    /// <param name="peers">the version in its hello</param>
    private protected HandshakeEffect.SendFrame SealedAuth(HandshakeAuth auth, uint peers)
    {
        auth.TrustChain.AddRange(Self.Trust.Since(peers) ?? []);
        return Sealed(0, auth);
    }

    /// <summary>Opens a sealed message of the other side.</summary>
    /// <exception cref="ProtocolException">altered, or under another key</exception>
    private protected byte[] OpenSealed(HandshakeRole from, int number, ReadOnlySpan<byte> bytes) =>
        HandshakeSeal.Open(Keys!.SealKey(from), number, bytes)
            ?? throw new ProtocolException("The handshake was altered on the way, or the other side is no OpenShare device.");

    private protected HandshakeEffect.SendFrame Sealed(int number, IMessage message) =>
        new(HandshakeSeal.Seal(Keys!.SealKey(Role), number, message));

    private protected HandshakeEffect Establish(HandshakeResult result)
    {
        End();
        return new HandshakeEffect.Established(result);
    }

    /// <param name="by">the peer, where it had proven itself before it refused</param>
    private protected List<HandshakeEffect> FailByPeer(Refusal refusal, HandshakeResult? by) =>
        Fail(new HandshakeFailure.RefusedByPeer(refusal.Code, Printable.Shorten(refusal.Detail)) { By = by?.Peer, Instance = by?.PeerInstance ?? InstanceId.None });

    private protected List<HandshakeEffect> Fail(HandshakeFailure failure)
    {
        End();
        return [new HandshakeEffect.Failed(failure)];
    }

    private protected static Refusal ToWire(HandshakeFailure.Refused refused) =>
        new() { Code = refused.Code, Detail = Printable.Shorten(refused.Detail) };

    private void End()
    {
        HasEnded = true;
        NextTimeout = null;
        // The ephemeral secrets end with the handshake, whatever the shell does.
        Dispose();
    }
}
