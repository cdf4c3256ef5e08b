using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
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
        await CompareAsync(db, chain, cancel);
        return new AuditVerdict(chain.Problems.Count == 0, chain.Lines, chain.Problems);
    }, cancel);

    // Whoever cuts lines off the end leaves certificates and revocations that nobody tells of.
    private static async Task CompareAsync(RegistrationDb db, AuditChain chain, CancellationToken cancel)
    {
        if (chain.Lines == 0)
            chain.Say("it has no lines: a service that has run has one at least");
        if (await db.CurrentAsync(CounterRow.AuditLine, cancel) is var drawn && drawn != chain.Lines)
            chain.Say($"it has {chain.Lines} lines, and {drawn} were written");
        if (await db.CurrentAsync(CounterRow.Serial, cancel) is var serial && serial != chain.Told.Serial)
            chain.Say($"the last certificate it tells of has serial {chain.Told.Serial}, and the last that was issued {serial}");
        if (await db.CurrentAsync(CounterRow.RevocationList, cancel) is var version && version != chain.Told.ListVersion)
            chain.Say($"the last revocation it tells of made version {chain.Told.ListVersion} of the list, and the newest is {version}");
        await foreach (var device in db.Devices.OrderBy(d => d.DeviceNo).AsAsyncEnumerable().WithCancellation(cancel))
        {
            var (told, revokedIn) = chain.Of(device.DeviceNo);
            if (told is { } last && last != device.Serial)
                chain.Say($"the device {device.DeviceId} has the certificate {device.Serial}, and the log tells of {last}");
            if (revokedIn is { } since && since != device.RevokedInVersion)
                chain.Say($"the log tells that the device {device.DeviceId} was revoked, and it is not");
        }
    }
}
