using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Http;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>The next certificate for a device that still has a good one: same device, same number, new serial.</summary>
internal sealed class DeviceRenewal(Store store, CertificateIssuer issuer, ProofOfPossession proofs, RegistrationAnswer answer, TimeProvider time)
{
    public async Task<Outcome<RegistrationMessages.RegisterResponse>> RenewAsync(RegistrationMessages.RenewRequest request, CancellationToken cancel)
    {
        if (!DeviceId.TryParse(request.DeviceId, out var id))
            return JsonBody.Malformed("A device id is 32 hex digits.");
        var known = await store.ReadAsync(db => FindAsync(db, id, cancel));
        if (known is null)
            return new Refusal(RegistrationProblems.DeviceUnknown, $"The device {id} is not registered here. Register it with a token.");
        // The key never changes, so who asks is settled before a transaction is spent on them.
        return await proofs.Open(request.Proof, PublicKey.FromBytes(known.PublicKey), SignatureContext.RenewalProof)
            .Then(proof => Describe(known, id, proof))
            .ThenAsync(description => store.WriteAsync(db => RenewAsync(db, id, description, cancel), cancel));
    }

    private async Task<Outcome<RegistrationMessages.RegisterResponse>> RenewAsync(
        RegistrationDb db, DeviceId id, DeviceDescription description, CancellationToken cancel)
    {
        var device = await FindAsync(db, id, cancel) ?? throw new InvalidOperationException($"The device {id} vanished.");
        if (device.RevokedAt is not null)
            return new Refusal(RegistrationProblems.DeviceRevoked, $"The device {id} was revoked.");
        if (time.GetUtcNow() > device.CertificateExpiresAt + ClockSkew.Allowed)
            return new Refusal(RegistrationProblems.CertificateExpired, $"The certificate expired at {device.CertificateExpiresAt:u}. Register the device again with a new token.");
        await issuer.ReissueAsync(db, device, description, cancel);
        return await answer.ForAsync(db, device, cancel);
    }

    private static Task<DeviceRow?> FindAsync(RegistrationDb db, DeviceId id, CancellationToken cancel)
    {
        var text = id.ToString();
        return db.Devices.SingleOrDefaultAsync(d => d.DeviceId == text, cancel);
    }

    /// <summary>What the device now says of itself; a device renamed since gets its new name into the certificate.</summary>
    private static Outcome<DeviceDescription> Describe(DeviceRow device, DeviceId id, RegistrationProofPayload proof)
    {
        var isAboutThisDevice = proof.DeviceId.Span.SequenceEqual(id.ToBytes())
            && proof.AccountId == device.Account
            && proof.PubkeyEd25519.Span.SequenceEqual(device.PublicKey);
        return isAboutThisDevice
            ? DeviceDescription.Parse(proof.Name, proof.Platform, proof.AppVersion)
            : ProofOfPossession.NotProven("The proof is about another device, account or key.");
    }
}
