using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>Signs certificates: a new serial for each, the device's own number for life, and a line in the audit log.</summary>
internal sealed class CertificateIssuer(OrganisationTrust trust, AuditLog audit, TimeProvider time, TimeSpan lifetime)
{
    /// <param name="by">who had it done; null: the device, with a token</param>
    public async Task<DeviceCertificate> IssueAsync(
        RegistrationDb db, long deviceNo, PublicKey key, AccountId account, string name, Actor? by, CancellationToken cancel)
    {
        var certificate = await SignAsync(db, deviceNo, key, account, name, cancel);
        await audit.AddAsync(db, new AuditAct.CertificateIssued(account.Value, certificate.DeviceId.ToString(), name, deviceNo, (long)certificate.Serial), by, cancel);
        return certificate;
    }

    /// <summary>Issues the next certificate of a device that is registered already, for another token or a session.</summary>
    public async Task ReissueAsync(RegistrationDb db, DeviceRow device, DeviceDescription description, Actor? by, CancellationToken cancel) =>
        Keep(device, description, await IssueAsync(
            db, device.DeviceNo, PublicKey.FromBytes(device.PublicKey), AccountId.Parse(device.Account), description.Name, by, cancel));

    /// <summary>Issues the next certificate of a device that has a good one.</summary>
    public async Task RenewAsync(RegistrationDb db, DeviceRow device, DeviceDescription description, CancellationToken cancel)
    {
        var certificate = await SignAsync(
            db, device.DeviceNo, PublicKey.FromBytes(device.PublicKey), AccountId.Parse(device.Account), description.Name, cancel);
        await audit.AddAsync(db, new AuditAct.CertificateRenewed(device.Account, device.DeviceId, description.Name, device.DeviceNo, (long)certificate.Serial), cancel);
        Keep(device, description, certificate);
    }

    private async Task<DeviceCertificate> SignAsync(
        RegistrationDb db, long deviceNo, PublicKey key, AccountId account, string name, CancellationToken cancel)
    {
        var serial = await db.NextAsync(CounterRow.Serial, cancel);
        return DeviceCertificate.Issue(
            trust.SignerFor(TrustKey.Types.Role.Issuing), (ulong)serial, (ulong)deviceNo, key, account, name, time.GetUtcNow(), lifetime);
    }

    private static void Keep(DeviceRow device, DeviceDescription description, DeviceCertificate certificate)
    {
        device.Name = description.Name;
        device.Platform = description.Platform;
        device.AppVersion = description.AppVersion;
        device.Serial = (long)certificate.Serial;
        device.Certificate = certificate.Blob.ToByteArray();
        device.CertificateExpiresAt = certificate.ExpiresAt;
    }
}
