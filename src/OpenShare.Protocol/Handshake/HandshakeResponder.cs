using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Handshake;

/// <summary>The side that was dialled: initiator's hello -> own hello and proof -> initiator's proof -> verdict.</summary>
public sealed class HandshakeResponder : HandshakeMachine
{
    private byte[]? _transcript;
    private uint _initiatorTrustVersion;

    public HandshakeResponder(HandshakeParty self, IRandomSource random, DateTimeOffset now, ReadOnlySpan<byte> binding = default)
        : base(self, HandshakeRole.Responder, random, binding) => NextTimeout = now + HandshakeParty.Deadline;

    public override int LongestFrame =>
        _transcript is null ? Limits.OpeningFrame
        : _initiatorTrustVersion > Self.Trust.Newest.Version ? Limits.HandshakeFrameWithChain
        : Limits.HandshakeFrame;

    private protected override IReadOnlyList<HandshakeEffect> HandleFrame(ReadOnlySpan<byte> frame, DateTimeOffset now) =>
        _transcript is null ? OnHello(frame) : OnProof(frame, _transcript, now);

    private List<HandshakeEffect> OnHello(ReadOnlySpan<byte> frame)
    {
        var opening = frame.ToArray();
        var hello = Messages.Parse(Opening.Parser, opening, "handshake").Hello
            ?? throw new ProtocolException("The first message is no hello.");
        var version = ProtocolVersions.Choose(hello.Versions);
        if (version == 0)
            return [new HandshakeEffect.SendFrame(Hints.Frame(Hint.Types.Code.NoCommonVersion)), .. Fail(new HandshakeFailure.Broken(Hints.Text(Hint.Types.Code.NoCommonVersion)))];
        if (hello.Nonce.Length != Ephemeral.NonceSize)
            throw new ProtocolException("The hello has no nonce.");

        var clear = new ResponderHelloClear
        {
            Version = version,
            Ephemeral = ByteString.CopyFrom(Ephemeral.PublicKey),
            Nonce = ByteString.CopyFrom(Ephemeral.Nonce),
            TrustRootVersion = Self.Trust.Newest.Version,
        }.ToByteArray();
        Keys = HandshakeKeys.Agree(Ephemeral.Key, hello.Ephemeral.Span, opening, clear, Binding)
            ?? throw new ProtocolException("The hello's ephemeral key is no X25519 public key.");
        _initiatorTrustVersion = hello.TrustRootVersion;
        _transcript = Keys.ResponderTranscript(Self.Certificate.Blob);
        var proof = SealedAuth(new HandshakeAuth { Authentication = Prove(_transcript) }, _initiatorTrustVersion);
        return [new HandshakeEffect.SendFrame(new ResponderHello
        {
            Clear = ByteString.CopyFrom(clear),
            Sealed = ByteString.CopyFrom(proof.Frame),
        }.ToByteArray())];
    }

    private List<HandshakeEffect> OnProof(ReadOnlySpan<byte> frame, byte[] transcript, DateTimeOffset now)
    {
        var auth = Messages.Parse(HandshakeAuth.Parser, OpenSealed(HandshakeRole.Initiator, 0, frame), "handshake proof");
        var differs = JudgeTrustRoot(_initiatorTrustVersion, auth.TrustChain);
        if (auth.KindCase == HandshakeAuth.KindOneofCase.Refusal)
            return FailByPeer(auth.Refusal, null);
        var peer = auth.Authentication ?? throw new ProtocolException("Its proof has no meaning to this version.");
        if (!Enum.IsDefined(peer.Purpose))
            throw new ProtocolException($"Its purpose {(int)peer.Purpose} has no meaning to this version.");
        var isPairing = peer.Purpose == Authentication.Types.Purpose.Pairing;
        if (differs is not null && !isPairing)
            return Refuse(differs);

        var both = peer.Certificate is null ? [] : HandshakeKeys.InitiatorTranscript(transcript, peer.Certificate);
        var refused = isPairing
            ? PeerChecks.JudgeKey(peer, Proven, out var certificate) ?? JudgeInvitation(certificate!)
            : PeerChecks.Judge(Self, peer, peer.Purpose, Proven, now, out certificate);
        if (refused is not null)
            return Refuse(refused);
        var result = new HandshakeResult(certificate!, peer.CrlVersion, peer.DiscoveryKeyVersion, InstanceId.FromBytes(peer.Instance.Span), Self.Trust, peer.Purpose, Keys!.Finish(both, HandshakeRole.Responder));
        return [Sealed(1, new HandshakeVerdict { Accepted = new Accepted() }), Establish(result)];

        bool Proven(DeviceCertificate shown) => Proves(shown, HandshakeRole.Initiator, peer, both);
    }

    private HandshakeFailure.Refused? JudgeInvitation(DeviceCertificate shown) => Self.TakesOffers || Self.Invited.Contains(PairingCode.Of(shown.PublicKey))
        ? null
        : new(RefusalCode.NotInvited, $"{shown.Name} asks {Self.Certificate.Name} to be paired, and was not invited there.", shown) { IsKeyProven = true };

    private List<HandshakeEffect> Refuse(HandshakeFailure.Refused refused) =>
        [Sealed(1, new HandshakeVerdict { Refusal = ToWire(refused) }), .. Fail(refused)];
}
