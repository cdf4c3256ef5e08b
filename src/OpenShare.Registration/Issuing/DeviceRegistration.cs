using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>The registration flow: a token, a session or an endorsement, a proof of possession, a certificate. All of it happens or none of it.</summary>
internal sealed class DeviceRegistration(
    Store store, CertificateIssuer issuer, ProofOfPossession proofs, RegistrationAnswer answer, RegistrationRules rules, AccountRate rate, TimeProvider time)
{
    /// <summary>For how long a device that lost the answer is given it again for its spent token or endorsement.</summary>
    public static readonly TimeSpan AnsweredAgainFor = TimeSpan.FromHours(24);

    public async Task<Outcome<RegistrationMessages.RegisterResponse>> RegisterAsync(
        RegistrationMessages.RegisterRequest request, IAdmission admission, CancellationToken cancel) => (await DeviceClaim.Parse(request)
        .Then(claim => proofs.Open(request.Proof, claim.Key, SignatureContext.RegistrationProof)
            .Then<DeviceClaim>(proof => claim.IsWhatWasProven(proof)
                ? claim
                : ProofOfPossession.NotProven("The proof is about another request: each of its fields must be that of the body.")))
        .ThenAsync(claim => store.WriteTogetherAsync(
            new ReadAhead(claim.Id, claim.Account, Joins: true, admission.Token), db => DecideAsync(db, claim, admission), cancel)))
        // A refusal may have been stored: that the device waits.
        .Then(answered => answered);

    private async Task<Outcome<Decided<Outcome<RegistrationMessages.RegisterResponse>>>> DecideAsync(RegistrationDb db, DeviceClaim claim, IAdmission admission)
    {
        var now = time.GetUtcNow();
        if (await admission.ObjectionAsync(db, claim, default) is { } objection)
            return objection;
        // What it shows is good, so the account itself is asking.
        if (rate.Take(claim.Account) is { } tooMany)
            return tooMany;
        if (await RegistrationRules.ObjectionAsync(db, claim, default) is { } barred)
            return barred;
        var known = await db.DeviceReads.FindAsync(claim.Id.ToString(), default);
        if (known is not null && await admission.EarlierUseAsync(db, known.DeviceNo, default) is { } use)
            return now <= use.At + AnsweredAgainFor ? AnswerAgain(db, known) : use.TooLate;
        if (await rules.ShortageAsync(db, claim, admission, now, default) is { } shortage)
            return shortage;
        if (await admission.PendingAsync(db, claim, now, default) is { } pending)
            return pending.KeepAsync is { } keep ? Keep(keep, pending.Told) : pending.Told;
        return Register(db, claim, known, admission, now);
    }

    private Decided<Outcome<RegistrationMessages.RegisterResponse>> AnswerAgain(RegistrationDb db, DeviceRow device) =>
        new(async () => await answer.ForAsync(db, device, default));

    private static Decided<Outcome<RegistrationMessages.RegisterResponse>> Keep(Func<Task> keepAsync, Refusal told) => new(async () =>
    {
        await keepAsync();
        return told;
    });

    private Decided<Outcome<RegistrationMessages.RegisterResponse>> Register(
        RegistrationDb db, DeviceClaim claim, DeviceRow? known, IAdmission admission, DateTimeOffset now) => new(async () =>
    {
        var deviceNo = known?.DeviceNo ?? await db.NextAsync(CounterRow.DeviceNo, default);
        await admission.UseAsync(db, claim.Account, deviceNo, now, default);
        if (known is null)
            await db.DeviceReads.AddAsync(known = await NewAsync(db, claim, deviceNo, now, admission.By, default), default);
        else
            await issuer.ReissueAsync(db, known, claim.Description, admission.By, default);
        return await answer.ForAsync(db, known, default);
    });

    private async Task<DeviceRow> NewAsync(RegistrationDb db, DeviceClaim claim, long deviceNo, DateTimeOffset now, Actor? by, CancellationToken cancel)
    {
        var certificate = await issuer.IssueAsync(db, deviceNo, claim.Key, claim.Account, claim.Description.Name, by, cancel);
        return new DeviceRow
        {
            DeviceNo = deviceNo,
            DeviceId = claim.Id.ToString(),
            Account = claim.Account.Value,
            PublicKey = claim.Key.Bytes.ToArray(),
            Name = claim.Description.Name,
            Platform = claim.Description.Platform,
            AppVersion = claim.Description.AppVersion,
            RegisteredAt = now,
            Serial = (long)certificate.Serial,
            Certificate = certificate.Blob.ToByteArray(),
            CertificateExpiresAt = certificate.ExpiresAt,
        };
    }
}
