using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;

namespace OpenShare.Registration.Storage;

/// <summary>What one transaction has read of the devices: each is looked for once, and what is added is found by whoever shares it.</summary>
internal sealed class DeviceReads(RegistrationDb db)
{
    private readonly Dictionary<string, DeviceRow?> _byId = [];
    private readonly Dictionary<string, int> _active = [];
    private readonly Dictionary<string, bool> _revoked = [];

    /// <returns>tracked; null where nobody has this id</returns>
    public async Task<DeviceRow?> FindAsync(string id, CancellationToken cancel)
    {
        if (!_byId.TryGetValue(id, out var device))
            _byId[id] = device = await db.Devices.SingleOrDefaultAsync(d => d.DeviceId == id, cancel);
        return device;
    }

    /// <returns>null where the certificate's device is not registered with that very key and account</returns>
    public async Task<DeviceRow?> FindAsync(DeviceCertificate certificate, CancellationToken cancel) =>
        await FindAsync(certificate.DeviceId.ToString(), cancel) is { } device
        && device.Account == certificate.Account.Value && device.PublicKey.AsSpan().SequenceEqual(certificate.PublicKey.Bytes)
            ? device
            : null;

    /// <summary>True for one that was revoked without having been registered.</summary>
    public async Task<bool> IsRevokedAsync(string id, CancellationToken cancel)
    {
        if (!_revoked.TryGetValue(id, out var isRevoked))
            _revoked[id] = isRevoked = await db.RevokedIds.AnyAsync(r => r.DeviceId == id, cancel);
        return isRevoked;
    }

    /// <summary>How many devices of the account are not revoked.</summary>
    public async Task<int> CountActiveAsync(string account, CancellationToken cancel)
    {
        if (!_active.TryGetValue(account, out var count))
            _active[account] = count = await db.Devices.CountAsync(d => d.Account == account && d.RevokedAt == null, cancel);
        return count;
    }

    /// <param name="device">new, and not revoked</param>
    public async Task AddAsync(DeviceRow device, CancellationToken cancel)
    {
        _active[device.Account] = await CountActiveAsync(device.Account, cancel) + 1;
        _byId[device.DeviceId] = device;
        db.Devices.Add(device);
    }

    /// <summary>Reads these with one question for each table.</summary>
    public async Task ReadAheadAsync(IReadOnlyCollection<string> ids, CancellationToken cancel)
    {
        var revoked = await db.RevokedIds.Where(r => ids.Contains(r.DeviceId)).Select(r => r.DeviceId).ToListAsync(cancel);
        var found = await db.Devices.Where(d => ids.Contains(d.DeviceId)).ToDictionaryAsync(d => d.DeviceId, cancel);
        foreach (var id in ids)
            (_byId[id], _revoked[id]) = (found.GetValueOrDefault(id), revoked.Contains(id));
    }

    /// <summary>Counts these accounts' devices with one question.</summary>
    public async Task CountAheadAsync(IReadOnlyCollection<string> accounts, CancellationToken cancel)
    {
        var counts = await db.Devices.Where(d => accounts.Contains(d.Account) && d.RevokedAt == null)
            .GroupBy(d => d.Account).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancel);
        foreach (var account in accounts)
            _active[account] = counts.GetValueOrDefault(account);
    }
}
