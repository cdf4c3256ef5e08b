using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>An account's newest discovery key, for a device of that account. One that was revoked is given none.</summary>
internal sealed class DiscoveryKeyHandout(ProvenRequests requests, AccountKeys keys)
{
    public Task<Outcome<RegistrationMessages.DiscoveryKeyResponse>> AnswerAsync(RegistrationMessages.DiscoveryKeyRequest request, CancellationToken cancel) =>
        requests.AnswerAsync<RegistrationMessages.DiscoveryKeyResponse>(request.DeviceId, request.Proof, SignatureContext.DiscoveryKeyProof, TimeSpan.Zero, (db, device, _) =>
            new Decided<RegistrationMessages.DiscoveryKeyResponse>(async () =>
                new(keys.Newest(await db.AccountAsync(device.Account, default)).Blob.ToText())), cancel);
}
