using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>
/// Pairing on the side of the new device: token judged, and its sponsor vouched for by the known trust root or by a
/// person -> dialled -> asked -> grant judged -> stored. One try; a person makes the next.
/// </summary>
public sealed class JoinMachine
{
    /// <summary>For the whole of a try.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private enum Step { Idle, Dialling, Asking, Storing, Ended }

    private Step _step;
    private JoinInput.Begin? _begun;
    private PairedDevice? _paired;

    /// <summary>When <see cref="HandleTimeout"/> wants to be called.</summary>
    public DateTimeOffset? NextTimeout { get; private set; }

    /// <param name="time">for deadlines</param>
    /// <param name="now">no lower than the device's <see cref="TimeFloor"/></param>
    public IReadOnlyList<JoinEffect> Handle(JoinInput input, DateTimeOffset time, DateTimeOffset now) => (_step, input) switch
    {
        (Step.Idle, JoinInput.Begin begin) => Begin(begin, time, now),
        (Step.Dialling, JoinInput.Connected) => Ask(),
        (Step.Dialling, JoinInput.HandshakeRefused refused) => End(ToOutcome(refused)),
        (Step.Asking, JoinInput.Answered { Answer.KindCase: PairingAnswer.KindOneofCase.Refused } answered) =>
            End(new JoinOutcome.Refused(PairingRefusal.Read(answered.Answer.Refused), ByPeer: true)),
        (Step.Asking, JoinInput.Answered { Answer.KindCase: PairingAnswer.KindOneofCase.Grant } answered) => Judge(answered.Answer.Grant, now),
        (Step.Asking, JoinInput.Answered) => End(Refused(PairingRefusalCode.BadGrant, "The answer of the other device has no meaning to this version.")),
        (Step.Storing, JoinInput.Stored) => End(new JoinOutcome.Paired(_paired!.Certificate)),
        (Step.Storing, JoinInput.NotStored problem) => End(NotStored(problem.Detail)),
        (Step.Dialling or Step.Asking, JoinInput.Cut cut) => End(new JoinOutcome.Unreachable(cut.Detail)),
        _ => [],
    };

    public IReadOnlyList<JoinEffect> HandleTimeout(DateTimeOffset time) =>
        time < NextTimeout || NextTimeout is null ? []
        : _step == Step.Storing ? End(NotStored("That takes too long."))
        : End(new JoinOutcome.Unreachable($"{_begun!.Token.Sponsor.Name} did not answer in time."));

    private List<JoinEffect> Begin(JoinInput.Begin begin, DateTimeOffset time, DateTimeOffset now)
    {
        var sponsor = begin.Token.Sponsor;
        if (PairingChecks.JudgeAsNew(begin.Token, begin.Key, begin.Trust, begin.Revoked, now) is { } refusal)
            return End(new JoinOutcome.Refused(refusal, ByPeer: false));
        if (begin.Fingerprint is { } compared && compared != sponsor.PublicKey.KeyId)
            return End(new JoinOutcome.OtherFingerprint(sponsor));
        // Who knows the organisation's keys has just judged by them; to come into another account of it, as into another organisation,
        // takes a person.
        if (begin.Fingerprint is null && (begin.Trust is null || begin.Account != sponsor.Account))
            return End(new JoinOutcome.SponsorUnknown(sponsor));
        (_step, _begun, NextTimeout) = (Step.Dialling, begin, time + Deadline);
        return [new JoinEffect.Dial(begin.Token.Addresses, sponsor.DeviceId)];
    }

    private List<JoinEffect> Ask()
    {
        _step = Step.Asking;
        return [new JoinEffect.Send(new PairingRequest { Token = _begun!.Token.Blob, Port = (uint)_begun.Port })];
    }

    private List<JoinEffect> Judge(PairingGrant grant, DateTimeOffset now)
    {
        try
        {
            _paired = PairedDevice.Read(grant, _begun!.Token, _begun.Key, _begun.Trust, now);
        }
        catch (ProtocolException error)
        {
            return End(Refused(PairingRefusalCode.BadGrant, $"What {_begun!.Token.Sponsor.Name} gave was refused. {error.Message}"));
        }
        _step = Step.Storing;
        return [new JoinEffect.Store(_paired)];
    }

    private List<JoinEffect> End(JoinOutcome outcome)
    {
        (_step, NextTimeout) = (Step.Ended, null);
        return [new JoinEffect.End(outcome)];
    }

    private static JoinOutcome ToOutcome(JoinInput.HandshakeRefused refused) => refused.Code == RefusalCode.NotInvited
        ? new JoinOutcome.Refused(new(PairingRefusalCode.Unknown, $"{refused.Detail} {PairingChecks.Again}"), ByPeer: true)
        : new JoinOutcome.Unreachable(refused.Detail);

    private static JoinOutcome.Refused NotStored(string detail) => Refused(
        PairingRefusalCode.NotStored, $"The invitation is used, and what it brought cannot be kept on this device: {detail} When that is mended, ask for another invitation.");

    private static JoinOutcome.Refused Refused(PairingRefusalCode code, string detail) => new(new(code, detail), ByPeer: false);
}
