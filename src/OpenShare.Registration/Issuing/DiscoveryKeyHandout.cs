using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Registration.Issuing;

/// <summary>An account's newest discovery key, for a device of that account. One that was revoked is given none.</summary>
internal sealed class DiscoveryKeyHandout(ProvenRequests requests, AccountKeys keys)
{
    public Task<Outcome<RegistrationMessages.DiscoveryKeyResponse>> AnswerAsync(RegistrationMessages.DiscoveryKeyRequest request, CancellationToken cancel) =>
        requests.AnswerAsync<RegistrationMessages.DiscoveryKeyResponse>(request.DeviceId, request.Proof, SignatureContext.DiscoveryKeyProof, TimeSpan.Zero, async (db, device, _) =>
        {
            var account = await db.Accounts.SingleAsync(a => a.Name == device.Account, cancel);
            return new RegistrationMessages.DiscoveryKeyResponse(keys.Newest(account).Blob.ToText());
        }, cancel);
}
