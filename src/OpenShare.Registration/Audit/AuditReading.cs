using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Audit;

/// <summary>The audit log for an auditor: shown, and checked against itself and against what the service knows.</summary>
internal sealed class AuditReading(Store store)
{
    /// <summary>Lines at most in one answer.</summary>
    public const int MostShown = 10_000;

    public Task<AuditShown> ShowAsync(int last, CancellationToken cancel) => store.ReadAsync(async db =>
    {
        var rows = await db.AuditLines.OrderByDescending(l => l.Number).Take(last).ToListAsync(cancel);
        rows.Reverse();
        return new AuditShown([.. rows.Select(r => AuditLine.Read(SignedBlobs.Parse(r.Signed, "line of the audit log")))]);
    });

    /// <summary>Every line, in the order of their numbers; then each device as it is registered now.</summary>
    public Task<AuditVerdict> VerifyAsync(CancellationToken cancel) => store.ReadAtOnceAsync(async db =>
    {
        var roots = await TrustRoots.ReadAllAsync(db, cancel);
        var chain = new AuditChain(roots);
        await foreach (var row in db.AuditLines.OrderBy(l => l.Number).AsAsyncEnumerable().WithCancellation(cancel))
            chain.Follow(row.Number, row.Signed);
        if (roots.Count > 0 && roots[^1].Version != chain.Told.TrustRoot)
            chain.Say($"the last trust root it tells of is version {chain.Told.TrustRoot}, and the newest is {roots[^1].Version}");
        await CompareAsync(db, chain, roots.Count > 0 ? roots[^1] : null, cancel);
        return new AuditVerdict(chain.Problems.Count == 0, chain.Lines, chain.Problems);
    }, cancel);

    // Whoever cuts lines off the end leaves certificates and revocations that nobody tells of.
    private static async Task CompareAsync(RegistrationDb db, AuditChain chain, TrustRoot? newest, CancellationToken cancel)
    {
        if (chain.Lines == 0)
            chain.Say("it has no lines: a service that has run has one at least");
        if (await db.CurrentAsync(CounterRow.AuditLine, cancel) is var drawn && drawn != chain.Lines)
            chain.Say($"it has {chain.Lines} lines, and {drawn} were written");
        if (await db.CurrentAsync(CounterRow.Serial, cancel) is var serial && serial != chain.Told.Serial)
            chain.Say($"the last certificate it tells of has serial {chain.Told.Serial}, and the last that was issued {serial}");
        if (await db.CurrentAsync(CounterRow.RevocationList, cancel) is var version && version != chain.Told.ListVersion)
            chain.Say($"the last revocation it tells of made version {chain.Told.ListVersion} of the list, and the newest is {version}");
        var list = await NewestListAsync(db, newest, chain, cancel);
        await foreach (var device in db.Devices.OrderBy(d => d.DeviceNo).AsAsyncEnumerable().WithCancellation(cancel))
        {
            Compare(device, chain);
            if (list is not null && list.Numbers.Contains((ulong)device.DeviceNo) != device.RevokedInVersion is not null)
                chain.Say($"the device {device.DeviceId} is {(device.RevokedInVersion is null ? "not " : "")}revoked, and the revocation list says otherwise");
        }
    }

    private static void Compare(DeviceRow device, AuditChain chain)
    {
        var (told, revokedIn) = chain.Of(device.DeviceNo);
        if (told is { } last ? last != device.Serial : device.Serial > chain.Before.Serial)
            chain.Say($"the device {device.DeviceId} has the certificate {device.Serial}, and the log tells of {told?.ToString(CultureInfo.InvariantCulture) ?? "none"}");
        // Version 1 names nobody.
        var isOfBefore = revokedIn is null && (device.RevokedInVersion is null || (device.RevokedInVersion > 1 && device.RevokedInVersion <= chain.Before.ListVersion));
        if (!isOfBefore && revokedIn != device.RevokedInVersion)
            chain.Say(revokedIn is null
                ? $"the device {device.DeviceId} is revoked, and no line tells of it"
                : $"the log tells that the device {device.DeviceId} was revoked, and it is not");
        if (device.RevokedAt is null != device.RevokedInVersion is null)
            chain.Say($"the device {device.DeviceId} is half revoked: one of the two columns that say so was altered");
    }

    /// <returns>null: it names ids, or cannot be read, which is said</returns>
    private static async Task<RevocationList?> NewestListAsync(RegistrationDb db, TrustRoot? trust, AuditChain chain, CancellationToken cancel)
    {
        if (trust is null || await db.RevocationLists.OrderByDescending(l => l.Version).FirstOrDefaultAsync(cancel) is not { } row)
            return null;
        try
        {
            return RevocationList.Read(SignedBlobs.Parse(row.Signed, "revocation list", Limits.RevocationList), trust) is { IsOfNumbers: true } list ? list : null;
        }
        catch (ProtocolException error)
        {
            chain.Say($"the revocation list that is stored is not this service's: {error.Message}");
            return null;
        }
    }
}
