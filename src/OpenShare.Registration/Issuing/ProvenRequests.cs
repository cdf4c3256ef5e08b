using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Http;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>Requests that a registered device proves by its own key: answered while it is not revoked and its certificate has not expired for too long.</summary>
internal sealed class ProvenRequests(Store store, ProofOfPossession proofs, AccountRate rate, TimeProvider time)
{
    /// <param name="afterEnd">for how long after its certificate's end the device is answered still</param>
    /// <param name="decide">in the transaction in which the device was looked at, so that it cannot be revoked meanwhile</param>
    public async Task<Outcome<T>> AnswerAsync<T>(
        string deviceId, string proof, SignatureContext context, TimeSpan afterEnd,
        Func<RegistrationDb, DeviceRow, RegistrationProofPayload, Outcome<Decided<T>>> decide, CancellationToken cancel)
    {
        if (!DeviceId.TryParse(deviceId, out var id))
            return JsonBody.Malformed("A device id is 32 hex digits.");
        var known = await store.ReadAsync(db => db.DeviceReads.FindAsync(id.ToString(), cancel));
        if (known is null)
            return new Refusal(RegistrationProblems.DeviceUnknown, $"The device {id} is not registered here. Register it with a token.");
        // The key never changes, so who asks is settled before a transaction is spent on them.
        return await proofs.Open(proof, PublicKey.FromBytes(known.PublicKey), context)
            .Then<RegistrationProofPayload>(payload => IsAbout(known, id, payload)
                ? payload
                : ProofOfPossession.NotProven("The proof is about another device, account or key."))
            .Then<RegistrationProofPayload>(payload => rate.Take(AccountId.Parse(known.Account)) is { } tooMany ? tooMany : payload)
            .ThenAsync(payload => store.WriteTogetherAsync(new ReadAhead(id, AccountId.Parse(known.Account)), async db =>
            {
                var device = await db.DeviceReads.FindAsync(id.ToString(), default) ?? throw new InvalidOperationException($"The device {id} vanished.");
                return Objection(device, afterEnd) is { } refusal ? refusal : decide(db, device, payload);
            }, cancel));
    }

    private static bool IsAbout(DeviceRow device, DeviceId id, RegistrationProofPayload proof) =>
        proof.DeviceId.Span.SequenceEqual(id.ToBytes())
        && proof.AccountId == device.Account
        && proof.PubkeyEd25519.Span.SequenceEqual(device.PublicKey);

    private Refusal? Objection(DeviceRow device, TimeSpan afterEnd)
    {
        if (device.RevokedAt is not null)
            return new Refusal(RegistrationProblems.DeviceRevoked, $"The device {device.DeviceId} was revoked.");
        return time.GetUtcNow() > device.CertificateExpiresAt + (afterEnd > ClockSkew.Allowed ? afterEnd : ClockSkew.Allowed)
            ? new Refusal(RegistrationProblems.CertificateExpired, $"The certificate expired at {device.CertificateExpiresAt:u}{TooLate(afterEnd)}. Register the device again with a new token.")
            : null;
    }

    private static string TooLate(TimeSpan afterEnd) =>
        afterEnd > ClockSkew.Allowed ? $", and is renewed for {Duration.Text(afterEnd)} after that" : "";
}
