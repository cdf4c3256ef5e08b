using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>What a registered device is given: its certificate, and what it needs to judge and to find others.</summary>
internal sealed class RegistrationAnswer(OrganisationTrust trust, AccountKeys keys)
{
    /// <param name="db">of the transaction with which the answer holds</param>
    public async Task<RegistrationMessages.RegisterResponse> ForAsync(RegistrationDb db, DeviceRow device, CancellationToken cancel)
    {
        var account = await db.AccountAsync(device.Account, cancel);
        var listVersion = await db.CurrentAsync(CounterRow.RevocationList, cancel);
        return new RegistrationMessages.RegisterResponse(
            Base64Url.Encode(device.Certificate), trust.Newest.ToText(), Base64Url.Encode(account.DiscoveryKey), (ulong)listVersion,
            keys.Newest(account).Blob.ToText());
    }
}
