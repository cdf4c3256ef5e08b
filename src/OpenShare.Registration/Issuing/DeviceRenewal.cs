using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Registration.Issuing;

/// <summary>The next certificate for a device that still has a good one: same device, same number, new serial.</summary>
internal sealed class DeviceRenewal(ProvenRequests requests, CertificateIssuer issuer, RegistrationAnswer answer)
{
    public Task<Outcome<RegistrationMessages.RegisterResponse>> RenewAsync(RegistrationMessages.RenewRequest request, CancellationToken cancel) =>
        // A device renamed since gets its new name into the certificate.
        requests.AnswerAsync(request.DeviceId, request.Proof, SignatureContext.RenewalProof, (db, device, proof) =>
            DeviceDescription.Parse(proof.Name, proof.Platform, proof.AppVersion).ThenAsync<RegistrationMessages.RegisterResponse>(async description =>
            {
                await issuer.RenewAsync(db, device, description, cancel);
                return await answer.ForAsync(db, device, cancel);
            }), cancel);
}
