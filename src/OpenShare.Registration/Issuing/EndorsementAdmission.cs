using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>Reads what a paired device shows.</summary>
/// <param name="policy">the service's</param>
internal sealed class Endorsements(OrganisationTrust trust, TimeProvider time, PromotionPolicy policy)
{
    /// <param name="text">a provisional certificate, as base64url</param>
    public Outcome<IAdmission> Read(string text)
    {
        if (policy == PromotionPolicy.Never)
            return new Refusal(RegistrationProblems.EndorsementRefused, "This service registers no device on another's word. Ask your administrator for a token.");
        try
        {
            var endorsement = DeviceCertificate.Parse(text);
            return endorsement.Sponsor is { } sponsor
                ? new EndorsementAdmission(endorsement, sponsor, trust, time, policy == PromotionPolicy.Ask)
                : EndorsementAdmission.Refused("is a certificate that no device has given");
        }
        catch (ProtocolException error)
        {
            return new Refusal(RegistrationProblems.EndorsementRefused, $"The endorsement cannot be read: {error.Message}");
        }
    }
}

/// <summary>
/// The endorsement of a registered device for one that it has paired: the provisional certificate, which may have expired since. It counts once,
/// and not at all when its sponsor is revoked, whatever time it says: whoever has a lost device's key has its clock, too.
/// </summary>
/// <param name="isAsked">an administrator is to say yes to it first</param>
internal sealed class EndorsementAdmission(
    DeviceCertificate endorsement, DeviceCertificate sponsor, OrganisationTrust trust, TimeProvider time, bool isAsked) : IAdmission
{
    /// <summary>How old one may be.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>After that nothing that was given before counts any more, as a certificate or as an endorsement, whatever its sponsor's clock.</summary>
    public static readonly TimeSpan OfNoUseAfter = Longest + DeviceCertificate.LongestProvisional;

    private readonly byte[] _hash = SHA256.HashData(endorsement.Blob.Payload.Span);
    private EndorsementRow? _use;
    private long _sponsorNo;

    public Actor? By => Actor.Sponsor(sponsor.DeviceId);

    public byte[]? Token => null;

    // It is backdated by the allowed skew, as each certificate.
    private DateTimeOffset Given => endorsement.IssuedAt + ClockSkew.Allowed;

    public async Task<Refusal?> ObjectionAsync(RegistrationDb db, DeviceClaim claim, CancellationToken cancel)
    {
        if (endorsement.Account != claim.Account || !endorsement.PublicKey.Equals(claim.Key))
            return Refused("is for another device or account");
        if (!endorsement.IsVouchedFor(trust.Newest))
            return Refused("was not given by a device of this organisation, or by one whose certificate was withdrawn since");
        if (await db.DeviceReads.FindAsync(sponsor, cancel) is not { } row)
            return Refused($"was given by the device {sponsor.DeviceId}, which is not registered here");
        if (row.RevokedAt is not null)
            return Refused($"was given by the device {sponsor.DeviceId}, which was revoked");
        // When it was given is its own word: one that may be given nothing but a renewal vouches for nobody.
        if (time.GetUtcNow() > row.CertificateExpiresAt + ClockSkew.Allowed)
            return Refused($"was given by the device {sponsor.DeviceId}, whose certificate has expired");
        _sponsorNo = row.DeviceNo;
        _use = await db.Endorsements.FindAsync([_hash, _sponsorNo], cancel);
        return _use switch
        {
            { WithdrawnAt: not null } => Refused("was taken back by the device that gave it"),
            { TurnedAwayAt: not null } => Refused($"was turned away by an administrator{(_use.TurnedAwayReason is { } reason ? $" ({reason})" : "")}"),
            _ => null,
        };
    }

    // It is for one device: whoever has used it is this one.
    public Task<EarlierUse?> EarlierUseAsync(RegistrationDb db, long deviceNo, CancellationToken cancel) => Task.FromResult(
        _use?.UsedAt is { } at ? new EarlierUse(at, Refused("was used already, and its certificate can be renewed")) : null);

    public Refusal? UsedUp(DateTimeOffset now) => Given > now + ClockSkew.Allowed
        ? Refused($"was given at {Given:u} by its sponsor's clock, and here it is {now:u}: one of the two clocks is wrong")
        : now - Given > Longest ? Refused($"was given at {Given:u}, and is good for {Longest.TotalDays} days") : null;

    public async Task<Pending?> PendingAsync(RegistrationDb db, DeviceClaim claim, DateTimeOffset now, CancellationToken cancel) => isAsked
        ? await PromotionQueue.AskAsync(db, new PromotionRow
        {
            Account = claim.Account.Value,
            DeviceId = claim.Id.ToString(),
            Name = claim.Description.Name,
            SponsorNo = _sponsorNo,
            Endorsement = endorsement.Blob.ToByteArray(),
            Hash = _hash,
            AskedAt = now,
            ExpiresAt = Given + Longest,
        }, cancel)
        : null;

    public async Task UseAsync(RegistrationDb db, AccountId account, long deviceNo, DateTimeOffset now, CancellationToken cancel)
    {
        if (await db.Promotions.FindAsync([account.Value, endorsement.DeviceId.ToString()], cancel) is { } asked)
            db.Promotions.Remove(asked);
        db.Endorsements.Add(new EndorsementRow { Hash = _hash, DeviceNo = deviceNo, SponsorNo = _sponsorNo, UsedAt = now });
    }

    public static Refusal Refused(string why) => new(
        RegistrationProblems.EndorsementRefused, $"The endorsement {why}. Ask your administrator for a token, or pair the device again.");
}
