using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>
/// Pairing on the side of the registered device: invite -> stored -> shown; greeted -> number given -> revealed -> code
/// shown -> asked, and compared where the device was found on the network -> judged -> nonce spent on disk -> certificate
/// given. The order is the promise: a crash between any two steps gives no certificate twice.
/// </summary>
public sealed class SponsorMachine(IRandomSource random)
{
    /// <summary>Of what a provisional certificate gets; a person may invite again.</summary>
    public static readonly TimeSpan Lifetime = DeviceCertificate.LongestProvisional;

    private readonly Dictionary<int, SponsorVisit> _visits = [];

    /// <param name="self">this device as it stands now</param>
    /// <param name="now">no lower than the device's <see cref="TimeFloor"/></param>
    public IReadOnlyList<SponsorEffect> Handle(SponsorInput input, PairingSponsor self, DateTimeOffset now) => input switch
    {
        SponsorInput.Invite invite => Invite(invite, self, now),
        SponsorInput.InvitationStored stored => [new SponsorEffect.Show(stored.Token)],
        SponsorInput.InvitationNotStored problem => [new SponsorEffect.RefuseInvitation(NotStored(problem.Detail))],
        SponsorInput.Opened opened => Open(opened),
        SponsorInput.Heard heard when _visits.TryGetValue(heard.Visit, out var visit) => Hear(heard.Visit, visit, heard.Message, self, now),
        SponsorInput.Compared compared when _visits.TryGetValue(compared.Visit, out var visit) => Compare(compared, visit, self, now),
        SponsorInput.Left left when _visits.TryGetValue(left.Visit, out var visit) => Leave(left.Visit, visit),
        SponsorInput.Spent spent when _visits.GetValueOrDefault(spent.Visit) is { Step: SponsorStep.Spending } visit => Conclude(spent, visit, self),
        _ => [],
    };

    private SponsorEffect[] Invite(SponsorInput.Invite invite, PairingSponsor self, DateTimeOffset now)
    {
        if (PairingChecks.JudgeSponsor(self.Certificate, self.Trust.Newest, self.Revoked, now) is { } refusal)
            return [new SponsorEffect.RefuseInvitation(refusal)];
        if (invite.Code == PairingCode.Of(self.Key.PublicKey))
            return [new SponsorEffect.RefuseInvitation(new(PairingRefusalCode.ForAnotherKey, "This is the code of this device itself. Type the one that the new device shows: openshare pair show"))];
        return [new SponsorEffect.StoreInvitation(PairingToken.Create(
            self.Key, self.Certificate, invite.Code, invite.Scope, PairingNonce.New(random), invite.Addresses, now, PairingToken.DefaultTtl, invite.IsByAnnouncement))];
    }

    private SponsorEffect[] Open(SponsorInput.Opened opened)
    {
        _visits.Add(opened.Visit, new SponsorVisit(opened.Introduction, opened.Session) { Offered = opened.Offered });
        return [];
    }

    private SponsorEffect[] Hear(int number, SponsorVisit visit, Control message, PairingSponsor self, DateTimeOffset now) => (visit.Step, message) switch
    {
        (SponsorStep.Opened, { PairingGreeting: { } greeting }) => Greet(number, visit, greeting, self, now),
        (SponsorStep.Greeted, { PairingReveal: { } reveal }) => Reveal(number, visit, reveal.Number.Span),
        (SponsorStep.Revealed, { PairingRequest: { } request }) when request.Token?.Equals(visit.Token!.Blob) == true => Ask(number, visit, self, now),
        (not SponsorStep.Spending, { PairingRefused: { } refused }) => End(number, [new SponsorEffect.Refused(number, visit.Introduction, PairingRefusal.Read(refused))], null),
        // What is on its way to the disk is not taken back: that the device hears it is the next thing to happen.
        (SponsorStep.Spending, _) => [],
        _ => Refuse(number, visit, new(PairingRefusalCode.OutOfTurn, $"What {visit.Introduction.Name} said has no meaning to this version where it came.")),
    };

    private SponsorEffect[] Greet(int number, SponsorVisit visit, PairingGreeting greeting, PairingSponsor self, DateTimeOffset now)
    {
        PairingToken token;
        try
        {
            token = PairingToken.Read(greeting.Token ?? throw new ProtocolException("There is no pairing token."));
        }
        catch (ProtocolException error)
        {
            return Refuse(number, visit, new(PairingRefusalCode.Unreadable, error.Message));
        }
        if (PairingChecks.JudgeAsSponsor(token, visit.Introduction.PublicKey, self, now) is { } refusal)
            return Refuse(number, visit, refusal);
        // Whoever has this side's number knows the code before anybody is shown it: who could leave then and ask for another would go on until it suits him.
        // On the connection that it was offered on there is one greeting.
        if (token.IsByAnnouncement && token.Nonce != visit.Offered)
            return Refuse(number, visit, new(PairingRefusalCode.Spent, $"This invitation is good on the connection alone on which it was offered. Choose the device again at {self.Certificate.Name}: openshare pair invite"));
        var own = ShortCode.NewNumber(random);
        _visits[number] = visit with { Step = SponsorStep.Greeted, Token = token, Commitment = greeting.Commitment.Memory, Number = own };
        return [new SponsorEffect.Send(number, new Control { PairingNumber = new PairingNumber { Number = ByteString.CopyFrom(own) } })];
    }

    private SponsorEffect[] Reveal(int number, SponsorVisit visit, ReadOnlySpan<byte> ofNew)
    {
        if (ofNew.Length != ShortCode.NumberSize || !CryptographicOperations.FixedTimeEquals(ShortCode.Commit(visit.Session, ofNew), visit.Commitment.Span))
            return Refuse(number, visit, new(PairingRefusalCode.OutOfTurn, $"{visit.Introduction.Name} had committed itself to another number: somebody may stand between the two."));
        _visits[number] = visit with { Step = SponsorStep.Revealed };
        return [new SponsorEffect.Compare(number, ShortCode.Of(visit.Session, ofNew, visit.Number.Span), visit.Token!, visit.Introduction, visit.Token!.IsByAnnouncement)];
    }

    private SponsorEffect[] Ask(int number, SponsorVisit visit, PairingSponsor self, DateTimeOffset now)
    {
        _visits[number] = visit = visit with { Step = SponsorStep.Asked };
        return visit.Token!.IsByAnnouncement && !visit.IsCompared ? [] : Judge(number, visit, self, now);
    }

    private SponsorEffect[] Compare(SponsorInput.Compared compared, SponsorVisit visit, PairingSponsor self, DateTimeOffset now)
    {
        if (visit.Step is not (SponsorStep.Revealed or SponsorStep.Asked))
            return [];
        if (!compared.IsSame)
            return Refuse(compared.Visit, visit, new(PairingRefusalCode.NotCompared, $"Nobody at {self.Certificate.Name} said that both screens show the same code."));
        _visits[compared.Visit] = visit = visit with { IsCompared = true };
        return visit.Step == SponsorStep.Asked ? Judge(compared.Visit, visit, self, now) : [];
    }

    // As things stand now: persons take their time.
    private SponsorEffect[] Judge(int number, SponsorVisit visit, PairingSponsor self, DateTimeOffset now)
    {
        var (token, introduction) = (visit.Token!, visit.Introduction);
        if (PairingChecks.JudgeAsSponsor(token, introduction.PublicKey, self, now) is { } refusal)
            return Refuse(number, visit, refusal);
        var provisional = DeviceCertificate.Sponsored(
            self.Key, self.Certificate, BinaryPrimitives.ReadUInt64BigEndian(random.Bytes(sizeof(ulong))), introduction.PublicKey, introduction.Name, token.Scope, now, Lifetime);
        _visits[number] = visit with { Step = SponsorStep.Spending, Provisional = provisional };
        return [new SponsorEffect.Spend(number, token.Nonce, provisional)];
    }

    private SponsorEffect[] Conclude(SponsorInput.Spent spent, SponsorVisit visit, PairingSponsor self) => spent.Outcome switch
    {
        SpendOutcome.Spent => End(spent.Visit, [new SponsorEffect.Paired(spent.Visit, visit.Provisional!)], self.Grant(visit.Provisional!)),
        SpendOutcome.SpentBefore => Refuse(spent.Visit, visit, new(PairingRefusalCode.Spent, $"The invitation was used already, and is good once. {PairingChecks.Again}")),
        SpendOutcome.Unknown => Refuse(spent.Visit, visit, new(PairingRefusalCode.Unknown, $"{self.Certificate.Name} knows of no such invitation. {PairingChecks.Again}")),
        SpendOutcome.NotStored problem => Refuse(spent.Visit, visit, NotStored(problem.Detail)),
        _ => throw new ArgumentOutOfRangeException(nameof(spent), spent.Outcome, "No such outcome."),
    };

    // Who leaves before there was a code was only looking.
    private SponsorEffect[] Leave(int number, SponsorVisit visit) => visit.Step switch
    {
        SponsorStep.Spending => [],
        SponsorStep.Greeted or SponsorStep.Revealed or SponsorStep.Asked => Refuse(number, visit, new(PairingRefusalCode.NotCompared, $"{visit.Introduction.Name} left, or nobody compared the codes in time.")),
        _ => End(number, [], null),
    };

    private SponsorEffect[] Refuse(int number, SponsorVisit visit, PairingRefusal refusal) =>
        End(number, [new SponsorEffect.Refused(number, visit.Introduction, refusal)], refusal.ToWire());

    private SponsorEffect[] End(int number, SponsorEffect[] before, PairingAnswer? message)
    {
        _visits.Remove(number);
        return [.. before, new SponsorEffect.End(number, message)];
    }

    private static PairingRefusal NotStored(string detail) =>
        new(PairingRefusalCode.NotStored, $"The invitation cannot be kept on the disk of the device that invites, so nothing was given: {detail}");
}
