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

    private protected HandshakeParty Self { get; }

    private protected HandshakeRole Role { get; }

    private protected byte[] Binding { get; }

    private protected Ephemeral Ephemeral { get; }

    private protected HandshakeKeys? Keys { get; set; }

    private protected bool HasEnded { get; private set; }

    /// <summary>One frame from the other side. After Established or Failed nothing more happens.</summary>
    public IReadOnlyList<HandshakeEffect> Handle(ReadOnlySpan<byte> frame, DateTimeOffset now)
    {
        if (HasEnded)
            return [];
        if (now >= NextTimeout)
            return HandleTimeout(now);
        if (frame.Length > LongestFrame)
            return Fail(new HandshakeFailure.Broken($"A handshake message of {frame.Length} bytes arrived; the limit is {LongestFrame}."));
        try
        {
            return HandleFrame(frame, now);
        }
        catch (ProtocolException error)
        {
            return Fail(new HandshakeFailure.Broken(error.Message));
        }
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

    /// <summary>Bytes that the next frame may have.</summary>
    private protected abstract int LongestFrame { get; }

    private protected abstract IReadOnlyList<HandshakeEffect> HandleFrame(ReadOnlySpan<byte> frame, DateTimeOffset now);

    private protected Authentication Prove(byte[] transcript) => new()
    {
        Certificate = Self.Certificate.Blob,
        CrlVersion = Self.Revoked?.Version ?? 0,
        Signature = ByteString.CopyFrom(Self.Key.Sign(HandshakeKeys.SignedBytes(Role, transcript))),
        Mac = ByteString.CopyFrom(Keys!.Mac(Role, transcript)),
    };

    private protected bool Proves(DeviceCertificate shown, HandshakeRole role, Authentication peer, byte[] transcript) =>
        shown.PublicKey.Verify(HandshakeKeys.SignedBytes(role, transcript), peer.Signature.Span)
        && CryptographicOperations.FixedTimeEquals(Keys!.Mac(role, transcript), peer.Mac.Span);

    private protected HandshakeFailure.Refused? JudgeTrustRoot(uint peers) =>
        peers == Self.Trust.Version
            ? null
            : new(RefusalCode.TrustRootBehind, $"It knows the organisation's keys as version {peers}, here they are version {Self.Trust.Version}. The one behind must reach the registration service once.");

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
    private protected List<HandshakeEffect> FailByPeer(Refusal refusal, DeviceCertificate? by) =>
        Fail(new HandshakeFailure.RefusedByPeer(refusal.Code, Printable.Shorten(refusal.Detail)) { By = by });

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
