using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tokens;

namespace OpenShare.Registration.Issuing;

/// <summary>The registration flow: a token, a proof of possession, a certificate. All of it happens or none of it.</summary>
internal sealed class DeviceRegistration(
    Store store, CertificateIssuer issuer, ProofOfPossession proofs, RegistrationAnswer answer, Quotas quotas, AccountRate rate, TimeProvider time)
{
    public async Task<Outcome<RegistrationMessages.RegisterResponse>> RegisterAsync(
        RegistrationMessages.RegisterRequest request, byte[]? tokenHash, CancellationToken cancel)
    {
        if (tokenHash is null)
            return new Refusal(RegistrationProblems.BadToken, "Send the registration token's secret as 'Authorization: Bearer SECRET'.");
        return await DeviceClaim.Parse(request)
            .Then(claim => proofs.Open(request.Proof, claim.Key, SignatureContext.RegistrationProof)
                .Then<DeviceClaim>(proof => claim.IsWhatWasProven(proof)
                    ? claim
                    : ProofOfPossession.NotProven("The proof is about another request: each of its fields must be that of the body.")))
            .ThenAsync(claim => store.WriteTogetherAsync(db => RegisterAsync(db, claim, tokenHash, cancel), cancel));
    }

    private async Task<Outcome<RegistrationMessages.RegisterResponse>> RegisterAsync(
        RegistrationDb db, DeviceClaim claim, byte[] tokenHash, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var found = await TokenUse.FindAsync(db, tokenHash, claim.Account, cancel);
        return await found.ThenAsync<RegistrationMessages.RegisterResponse>(async token =>
        {
            // The token is good, so the account itself is asking.
            if (rate.Take(claim.Account) is { } tooMany)
                return tooMany;
            var id = claim.Id.ToString();
            var known = await db.Devices.SingleOrDefaultAsync(d => d.DeviceId == id, cancel);
            if (known is not null && (known.Account != claim.Account.Value || !known.PublicKey.AsSpan().SequenceEqual(claim.Key.Bytes)))
                return new Refusal(RegistrationProblems.DeviceIdTaken, $"The device id {claim.Id} is registered with another account or key. Make a new device key and register that.");
            if (known?.RevokedAt is not null)
                return new Refusal(RegistrationProblems.DeviceRevoked, $"The device {claim.Id} was revoked and cannot be registered again. Make a new device key and register that.");
            if (known is not null && await EarlierUseAsync(db, token, known, cancel) is { } use)
                return now <= use.UsedAt + TokenUse.AnsweredAgainFor ? await answer.ForAsync(db, known, cancel) : TokenUse.Spent;

            var room = known is null ? await quotas.CheckRoomAsync(db, claim.Account, cancel) : null;
            if (room is not null)
                return room;
            var deviceNo = known?.DeviceNo ?? await db.NextAsync(CounterRow.DeviceNo, cancel);
            var spent = await TokenUse.SpendAsync(db, token, deviceNo, now, cancel);
            return await spent.ThenAsync<RegistrationMessages.RegisterResponse>(async _ =>
            {
                if (known is null)
                    db.Devices.Add(known = await NewAsync(db, claim, deviceNo, now, cancel));
                else
                    await issuer.ReissueAsync(db, known, claim.Description, cancel);
                return await answer.ForAsync(db, known, cancel);
            });
        });
    }

    /// <summary>The device spent this token itself: it asks again because the answer did not arrive.</summary>
    private static Task<TokenUseRow?> EarlierUseAsync(RegistrationDb db, TokenRow token, DeviceRow device, CancellationToken cancel) =>
        db.TokenUses.AsNoTracking().SingleOrDefaultAsync(u => u.SecretHash == token.SecretHash && u.DeviceNo == device.DeviceNo, cancel);

    private async Task<DeviceRow> NewAsync(RegistrationDb db, DeviceClaim claim, long deviceNo, DateTimeOffset now, CancellationToken cancel)
    {
        var certificate = await issuer.IssueAsync(db, deviceNo, claim.Key, claim.Account, claim.Description.Name, cancel);
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
