using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>
/// Pairing on the side of the new device: token judged -> sponsor dialled, or there already -> both committed to a short
/// code -> vouched for, by the known trust root or by a person -> asked -> grant judged -> stored. One try; a person makes the next.
/// </summary>
public sealed class JoinMachine(IRandomSource random)
{
    /// <summary>For what takes no person.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>For a person to compare the codes, on either side.</summary>
    public static readonly TimeSpan PersonDeadline = TimeSpan.FromMinutes(3);

    private enum Step { Idle, Dialling, Greeting, Comparing, Asking, Storing, Ended }

    private Step _step;
    private JoinInput.Begin? _begun;
    private PairedDevice? _paired;
    private SessionId _session;
    private byte[] _number = [];

    /// <summary>When <see cref="HandleTimeout"/> wants to be called.</summary>
    public DateTimeOffset? NextTimeout { get; private set; }

    /// <param name="time">for deadlines</param>
    /// <param name="now">no lower than the device's <see cref="TimeFloor"/></param>
    public IReadOnlyList<JoinEffect> Handle(JoinInput input, DateTimeOffset time, DateTimeOffset now) => (_step, input) switch
    {
        (Step.Idle, JoinInput.Begin begin) => Begin(begin, time, now),
        (Step.Dialling, JoinInput.Connected connected) => Greet(connected.Session, time),
        (Step.Dialling, JoinInput.HandshakeRefused refused) => End(ToOutcome(refused)),
        (Step.Greeting or Step.Comparing or Step.Asking, JoinInput.Heard { Message.PairingAnswer.Refused: { } refused }) =>
            End(new JoinOutcome.Refused(PairingRefusal.Read(refused), ByPeer: true)),
        (Step.Greeting, JoinInput.Heard { Message.PairingNumber: { } number }) => Reveal(number.Number.Span, time),
        (Step.Comparing, JoinInput.Compared compared) => compared.IsSame ? Ask(time) : NotCompared(),
        (Step.Asking, JoinInput.Heard { Message.PairingAnswer.Grant: { } grant }) => Judge(grant, time, now),
        (Step.Greeting or Step.Comparing or Step.Asking, JoinInput.Heard) => End(Refused(PairingRefusalCode.OutOfTurn, "The answer of the other device has no meaning to this version.")),
        (Step.Storing, JoinInput.Stored) => End(new JoinOutcome.Paired(_paired!.Certificate)),
        (Step.Storing, JoinInput.NotStored problem) => End(NotStored(problem.Detail)),
        (Step.Dialling or Step.Greeting or Step.Comparing or Step.Asking, JoinInput.Cut cut) => End(new JoinOutcome.Unreachable(cut.Detail)),
        _ => [],
    };

    public IReadOnlyList<JoinEffect> HandleTimeout(DateTimeOffset time) =>
        time < NextTimeout || NextTimeout is null ? []
        : _step == Step.Storing ? End(NotStored("That takes too long."))
        : _step == Step.Comparing ? NotCompared()
        : End(new JoinOutcome.Unreachable($"{_begun!.Token.Sponsor.Name} did not answer in time."));

    private List<JoinEffect> Begin(JoinInput.Begin begin, DateTimeOffset time, DateTimeOffset now)
    {
        var sponsor = begin.Token.Sponsor;
        if (PairingChecks.JudgeAsNew(begin.Token, begin.Key, begin.Trust, begin.Revoked, now) is { } refusal)
            return Refuse(begin, refusal);
        if (begin.OfferedBy is { } caller && caller.Device != sponsor.DeviceId)
            return Refuse(begin, new(PairingRefusalCode.Altered, $"The invitation that came is by {sponsor.Name}, and not by the device that brought it."));
        if (begin.Fingerprint is { } compared && compared != sponsor.PublicKey.KeyId)
            return End(new JoinOutcome.OtherFingerprint(sponsor));
        _begun = begin;
        if (AsksPerson && !begin.IsAttended)
            return End(new JoinOutcome.SponsorUnknown(sponsor));
        if (begin.OfferedBy is { } connected)
            return Greet(connected.Session, time);
        (_step, NextTimeout) = (Step.Dialling, time + Deadline);
        return [new JoinEffect.Dial(begin.Token.Addresses, sponsor.DeviceId)];
    }

    // Whoever offers waits for an answer.
    private List<JoinEffect> Refuse(JoinInput.Begin begin, PairingRefusal refusal) =>
    [
        .. begin.OfferedBy is null ? (JoinEffect[])[] : [new JoinEffect.Send(refusal.ToSponsor())],
        .. End(new JoinOutcome.Refused(refusal, ByPeer: false)),
    ];

    // Who knows the organisation's keys has judged by them; to come into another account of it, as into another organisation, takes a person.
    private bool AsksPerson => _begun!.Fingerprint is null && (_begun.Trust is null || _begun.Account != _begun.Token.Sponsor.Account);

    private List<JoinEffect> Greet(SessionId session, DateTimeOffset time)
    {
        (_step, _session, _number, NextTimeout) = (Step.Greeting, session, ShortCode.NewNumber(random), time + Deadline);
        return [new JoinEffect.Send(new Control
        {
            PairingGreeting = new PairingGreeting { Token = _begun!.Token.Blob, Commitment = ByteString.CopyFrom(ShortCode.Commit(session, _number)) },
        })];
    }

    private List<JoinEffect> Reveal(ReadOnlySpan<byte> ofSponsor, DateTimeOffset time)
    {
        if (ofSponsor.Length != ShortCode.NumberSize)
            return End(Refused(PairingRefusalCode.OutOfTurn, $"The other device's number has {ofSponsor.Length} bytes, not {ShortCode.NumberSize}."));
        (_step, NextTimeout) = (Step.Comparing, time + PersonDeadline);
        return
        [
            new JoinEffect.Send(new Control { PairingReveal = new PairingReveal { Number = ByteString.CopyFrom(_number) } }),
            new JoinEffect.Compare(ShortCode.Of(_session, _number, ofSponsor), _begun!.Token.Sponsor, AsksPerson),
            .. AsksPerson ? [] : Ask(time),
        ];
    }

    // The sponsor's person may have to compare as well.
    private List<JoinEffect> Ask(DateTimeOffset time)
    {
        (_step, NextTimeout) = (Step.Asking, time + (_begun!.Token.IsByAnnouncement ? PersonDeadline : Deadline));
        return [new JoinEffect.Send(new Control { PairingRequest = new PairingRequest { Token = _begun.Token.Blob, Port = (uint)_begun.Port } })];
    }

    private List<JoinEffect> NotCompared() =>
    [
        new JoinEffect.Send(new PairingRefusal(PairingRefusalCode.NotCompared, "Nobody at the new device said that both screens show the same code.").ToSponsor()),
        .. End(new JoinOutcome.NotCompared(_begun!.Token.Sponsor)),
    ];

    private List<JoinEffect> Judge(PairingGrant grant, DateTimeOffset time, DateTimeOffset now)
    {
        try
        {
            _paired = PairedDevice.Read(grant, _begun!.Token, _begun.Key, _begun.Trust, now);
        }
        catch (ProtocolException error)
        {
            return End(Refused(PairingRefusalCode.BadGrant, $"What {_begun!.Token.Sponsor.Name} gave was refused. {error.Message}"));
        }
        (_step, NextTimeout) = (Step.Storing, time + Deadline);
        return [new JoinEffect.Store(_paired)];
    }

    private List<JoinEffect> End(JoinOutcome outcome)
    {
        CryptographicOperations.ZeroMemory(_number);
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
