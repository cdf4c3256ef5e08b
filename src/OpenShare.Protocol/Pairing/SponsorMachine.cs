using System.Buffers.Binary;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>
/// Pairing on the side of the registered device: invite -> stored -> shown; asked -> judged -> nonce spent on disk ->
/// certificate given. The order is the promise: a crash between any two steps gives no certificate twice.
/// </summary>
public sealed class SponsorMachine(IRandomSource random)
{
    /// <summary>Of what a provisional certificate gets; a person may invite again.</summary>
    public static readonly TimeSpan Lifetime = DeviceCertificate.LongestProvisional;

    // Those whose nonce is being spent.
    private readonly Dictionary<int, (DeviceCertificate Introduction, DeviceCertificate Provisional)> _visits = [];

    /// <param name="self">this device as it stands now</param>
    /// <param name="now">no lower than the device's <see cref="TimeFloor"/></param>
    public IReadOnlyList<SponsorEffect> Handle(SponsorInput input, PairingSponsor self, DateTimeOffset now) => input switch
    {
        SponsorInput.Invite invite => Invite(invite, self, now),
        SponsorInput.InvitationStored stored => [new SponsorEffect.Show(stored.Token)],
        SponsorInput.InvitationNotStored problem => [new SponsorEffect.RefuseInvitation(NotStored(problem.Detail))],
        SponsorInput.Asked asked when !_visits.ContainsKey(asked.Visit) => Judge(asked, self, now),
        SponsorInput.Spent spent when _visits.Remove(spent.Visit, out var visit) => Conclude(spent, visit.Introduction, visit.Provisional, self),
        _ => [],
    };

    private SponsorEffect[] Invite(SponsorInput.Invite invite, PairingSponsor self, DateTimeOffset now)
    {
        if (PairingChecks.JudgeSponsor(self.Certificate, self.Trust.Newest, self.Revoked, now) is { } refusal)
            return [new SponsorEffect.RefuseInvitation(refusal)];
        if (invite.Code == PairingCode.Of(self.Key.PublicKey))
            return [new SponsorEffect.RefuseInvitation(new(PairingRefusalCode.ForAnotherKey, "This is the code of this device itself. Type the one that the new device shows: openshare pair show"))];
        return [new SponsorEffect.StoreInvitation(PairingToken.Create(
            self.Key, self.Certificate, invite.Code, invite.Scope, PairingNonce.New(random), invite.Addresses, now, PairingToken.DefaultTtl))];
    }

    private SponsorEffect[] Judge(SponsorInput.Asked asked, PairingSponsor self, DateTimeOffset now)
    {
        PairingToken token;
        try
        {
            token = PairingToken.Read(asked.Token ?? throw new ProtocolException("There is no pairing token."));
        }
        catch (ProtocolException error)
        {
            return Refuse(asked.Visit, asked.Introduction, new(PairingRefusalCode.Unreadable, error.Message));
        }
        if (PairingChecks.JudgeAsSponsor(token, asked.Introduction.PublicKey, self, now) is { } refusal)
            return Refuse(asked.Visit, asked.Introduction, refusal);
        var provisional = DeviceCertificate.Sponsored(
            self.Key, self.Certificate, BinaryPrimitives.ReadUInt64BigEndian(random.Bytes(sizeof(ulong))), asked.Introduction.PublicKey, asked.Introduction.Name, token.Scope, now, Lifetime);
        _visits.Add(asked.Visit, (asked.Introduction, provisional));
        return [new SponsorEffect.Spend(asked.Visit, token.Nonce, provisional)];
    }

    private static SponsorEffect[] Conclude(SponsorInput.Spent spent, DeviceCertificate introduction, DeviceCertificate provisional, PairingSponsor self) => spent.Outcome switch
    {
        SpendOutcome.Spent => [new SponsorEffect.Paired(spent.Visit, provisional), new SponsorEffect.Answer(spent.Visit, self.Grant(provisional))],
        SpendOutcome.SpentBefore => Refuse(spent.Visit, introduction, new(PairingRefusalCode.Spent, $"The invitation was used already, and is good once. {PairingChecks.Again}")),
        SpendOutcome.Unknown => Refuse(spent.Visit, introduction, new(PairingRefusalCode.Unknown, $"{self.Certificate.Name} knows of no such invitation. {PairingChecks.Again}")),
        SpendOutcome.NotStored problem => Refuse(spent.Visit, introduction, NotStored(problem.Detail)),
        _ => throw new ArgumentOutOfRangeException(nameof(spent), spent.Outcome, "No such outcome."),
    };

    private static SponsorEffect[] Refuse(int visit, DeviceCertificate introduction, PairingRefusal refusal) =>
        [new SponsorEffect.Refused(introduction, refusal), new SponsorEffect.Answer(visit, refusal.ToWire())];

    private static PairingRefusal NotStored(string detail) =>
        new(PairingRefusalCode.NotStored, $"The invitation cannot be kept on the disk of the device that invites, so nothing was given: {detail}");
}
