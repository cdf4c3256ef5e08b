using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>The next certificate for a device that has a good one, or had one a while ago: same device, same number, new serial.</summary>
/// <param name="afterEnd">for how long after its certificate's end a device that was off is renewed still</param>
internal sealed class DeviceRenewal(ProvenRequests requests, CertificateIssuer issuer, RegistrationAnswer answer, TimeSpan afterEnd)
{
    public Task<Outcome<RegistrationMessages.RegisterResponse>> RenewAsync(RegistrationMessages.RenewRequest request, CancellationToken cancel) =>
        // A device renamed since gets its new name into the certificate.
        requests.AnswerAsync(request.DeviceId, request.Proof, SignatureContext.RenewalProof, afterEnd, (db, device, proof) =>
            DeviceDescription.Parse(proof.Name, proof.Platform, proof.AppVersion).Then<Decided<RegistrationMessages.RegisterResponse>>(description =>
                new Decided<RegistrationMessages.RegisterResponse>(async () =>
                {
                    await issuer.RenewAsync(db, device, description, default);
                    return await answer.ForAsync(db, device, default);
                })), cancel);
}
