using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>Signs certificates: a new serial for each, the device's own number for life.</summary>
internal sealed class CertificateIssuer(ISigningKeyStore keys, TimeProvider time, TimeSpan lifetime)
{
    public async Task<DeviceCertificate> IssueAsync(
        RegistrationDb db, long deviceNo, PublicKey key, AccountId account, string name, CancellationToken cancel)
    {
        var serial = await db.NextAsync(CounterRow.Serial, cancel);
        return DeviceCertificate.Issue(
            keys.SignerFor(TrustKey.Types.Role.Issuing), (ulong)serial, (ulong)deviceNo, key, account, name, time.GetUtcNow(), lifetime);
    }

    /// <summary>Issues the next certificate of a device that is registered already.</summary>
    public async Task ReissueAsync(RegistrationDb db, DeviceRow device, DeviceDescription description, CancellationToken cancel)
    {
        var certificate = await IssueAsync(
            db, device.DeviceNo, PublicKey.FromBytes(device.PublicKey), AccountId.Parse(device.Account), description.Name, cancel);
        device.Name = description.Name;
        device.Platform = description.Platform;
        device.AppVersion = description.AppVersion;
        device.Serial = (long)certificate.Serial;
        device.Certificate = certificate.Blob.ToByteArray();
        device.CertificateExpiresAt = certificate.ExpiresAt;
    }
}
