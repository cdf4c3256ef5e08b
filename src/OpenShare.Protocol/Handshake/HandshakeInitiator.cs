using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Handshake;

/// <summary>The side that dialled: own hello -> responder's hello and proof -> own proof -> verdict.</summary>
public sealed class HandshakeInitiator : HandshakeMachine
{
    private readonly DeviceId? _expected;
    private readonly Authentication.Types.Purpose _purpose;
    private byte[] _opening = [];
    private HandshakeResult? _awaitingVerdict;

    /// <param name="expected">the device that was dialled, or null where only an address is known; for pairing that is all it is judged by</param>
    /// <param name="binding">what the transport knows of itself that both sides see (empty for TCP)</param>
    public HandshakeInitiator(
        HandshakeParty self, DeviceId? expected, Authentication.Types.Purpose purpose, IRandomSource random, ReadOnlySpan<byte> binding = default)
        : base(self, HandshakeRole.Initiator, random, binding)
    {
        if (purpose == Authentication.Types.Purpose.Pairing && expected is null)
            throw new ArgumentException("Who is being paired must know by whom.", nameof(expected));
        _expected = expected;
        _purpose = purpose;
    }

    /// <summary>The responder has proven itself; what was asked for since is this side's own proof.</summary>
    public bool IsPeerProven => _awaitingVerdict is not null;

    public IReadOnlyList<HandshakeEffect> Start(DateTimeOffset now)
    {
        var hello = new InitiatorHello
        {
            Ephemeral = ByteString.CopyFrom(Ephemeral.PublicKey),
            Nonce = ByteString.CopyFrom(Ephemeral.Nonce),
            TrustRootVersion = Self.Trust.Newest.Version,
        };
        hello.Versions.AddRange(ProtocolVersions.Spoken);
        _opening = new Opening { Hello = hello }.ToByteArray();
        NextTimeout = now + HandshakeParty.Deadline;
        return [new HandshakeEffect.SendFrame(_opening)];
    }

    // Of the answer: whether it brings a chain is said in it.
    public override int LongestFrame => _awaitingVerdict is null ? Limits.HandshakeFrameWithChain : Limits.HandshakeFrame;

    private protected override IReadOnlyList<HandshakeEffect> HandleFrame(ReadOnlySpan<byte> frame, DateTimeOffset now) =>
        _awaitingVerdict is null ? OnHello(frame, now) : OnVerdict(frame, _awaitingVerdict);

    private List<HandshakeEffect> OnHello(ReadOnlySpan<byte> frame, DateTimeOffset now)
    {
        var answer = Messages.Parse(ResponderHello.Parser, frame, "handshake answer");
        if (answer.Hint is { } hint)
            return Fail(new HandshakeFailure.Hinted(hint.Code, Hints.Text(hint.Code)));
        var clearBytes = answer.Clear.ToByteArray();
        var clear = Messages.Parse(ResponderHelloClear.Parser, clearBytes, "handshake answer");
        if (!ProtocolVersions.Spoken.Contains(clear.Version) || clear.Nonce.Length != Ephemeral.NonceSize)
            throw new ProtocolException($"It answered in version {clear.Version}, which was not offered, or without a nonce.");
        Keys = HandshakeKeys.Agree(Ephemeral.Key, clear.Ephemeral.Span, _opening, clearBytes, Binding)
            ?? throw new ProtocolException("The answer's ephemeral key is no X25519 public key.");

        var auth = Messages.Parse(HandshakeAuth.Parser, OpenSealed(HandshakeRole.Responder, 0, answer.Sealed.Span), "handshake answer");
        var peers = clear.TrustRootVersion;
        // A device that is being paired has no trust root to compare: it gets one from the device that its token named.
        var differs = IsPairing ? null : JudgeTrustRoot(peers, auth.TrustChain);
        return auth.KindCase switch
        {
            HandshakeAuth.KindOneofCase.Refusal => FailByPeer(auth.Refusal, null),
            HandshakeAuth.KindOneofCase.Authentication when differs is not null => Refuse(differs, peers),
            HandshakeAuth.KindOneofCase.Authentication => OnProof(auth.Authentication, peers, now),
            _ => throw new ProtocolException("Its answer has no meaning to this version."),
        };
    }

    private List<HandshakeEffect> OnProof(Authentication peer, uint peers, DateTimeOffset now)
    {
        var transcript = peer.Certificate is null ? [] : Keys!.ResponderTranscript(peer.Certificate);
        var refused = IsPairing
            ? PeerChecks.JudgeKey(peer, Proven, out var certificate)
            : PeerChecks.Judge(Self, peer, _purpose, Proven, now, out certificate);
        if (refused is not null)
            return Refuse(refused, peers);
        if (_expected is { } expected && certificate!.DeviceId != expected)
            return Refuse(new(RefusalCode.UnexpectedDevice, $"At this address is {certificate.Name} ({certificate.DeviceId}), not the device looked for.", certificate), peers);

        var own = HandshakeKeys.InitiatorTranscript(transcript, Self.Certificate.Blob);
        var proof = Prove(own);
        proof.Purpose = _purpose;
        _awaitingVerdict = new HandshakeResult(certificate!, peer.CrlVersion, peer.DiscoveryKeyVersion, InstanceId.FromBytes(peer.Instance.Span), Self.Trust, _purpose, Keys!.Finish(own, HandshakeRole.Initiator));
        return [SealedAuth(new HandshakeAuth { Authentication = proof }, peers)];

        bool Proven(DeviceCertificate shown) => Proves(shown, HandshakeRole.Responder, peer, transcript);
    }

    private List<HandshakeEffect> OnVerdict(ReadOnlySpan<byte> frame, HandshakeResult result)
    {
        var verdict = Messages.Parse(HandshakeVerdict.Parser, OpenSealed(HandshakeRole.Responder, 1, frame), "handshake verdict");
        return verdict.KindCase switch
        {
            HandshakeVerdict.KindOneofCase.Accepted => [Establish(result)],
            HandshakeVerdict.KindOneofCase.Refusal => FailByPeer(verdict.Refusal, result),
            _ => throw new ProtocolException("Its verdict has no meaning to this version."),
        };
    }

    private bool IsPairing => _purpose == Authentication.Types.Purpose.Pairing;

    private List<HandshakeEffect> Refuse(HandshakeFailure.Refused refused, uint peers) =>
        [SealedAuth(new HandshakeAuth { Refusal = ToWire(refused) }, peers), .. Fail(refused)];
}
