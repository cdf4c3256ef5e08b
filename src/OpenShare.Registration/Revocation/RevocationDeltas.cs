using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Revocation;

/// <summary>
/// What leads from any list to a later one. To the newest it is made when the first device asks for it, which needs no signature, and kept while
/// that list is the newest, as all that held the same one ask the same.
/// </summary>
internal sealed class RevocationDeltas(Store store) : IDisposable
{
    // Devices that are further behind than all of these are few: theirs are made anew.
    private const int MostKept = 256;

    /// <summary>Each takes two bytes or so. Who is further behind loads the whole list, before the database is asked anything.</summary>
    private const ulong MostChanges = 100_000;

    // Whoever asks for what is not kept costs the database a query: not more than these at once, and those who wait too long load the whole list.
    private static readonly TimeSpan WaitsFor = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _making = new(2);

    private sealed record Kept(PublishedList To, ConcurrentDictionary<ulong, Lazy<Task<byte[]?>>> Bodies);

    private Kept? _kept;

    /// <returns>the body of the answer; null: it would be longer than <see cref="Limits.RevocationDelta"/></returns>
    /// <param name="from">1 to the version of <paramref name="to"/></param>
    public async Task<byte[]?> BodyAsync(ulong from, PublishedList to)
    {
        var kept = _kept;
        if (kept?.To != to)
            _kept = kept = new Kept(to, []);
        if (kept.Bodies.Count >= MostKept && !kept.Bodies.ContainsKey(from))
            return await MakeInTurnAsync(() => MakeAsync(from, to));
        var body = kept.Bodies.GetOrAdd(from, version => new Lazy<Task<byte[]?>>(() => MakeAsync(version, to)));
        try
        {
            return await body.Value;
        }
        catch
        {
            // The database was away: whoever asks next tries again.
            kept.Bodies.TryRemove(new(from, body));
            throw;
        }
    }

    /// <summary>To a list that is not the newest any more, for whoever names both ends, as a proxy may that was asked for it before.</summary>
    /// <returns>as <see cref="BodyAsync"/>; null also where there was no such list</returns>
    public async Task<byte[]?> BodyAsync(ulong from, ulong to, long issued)
    {
        var version = (long)to;
        return await store.ReadAsync(db => db.RevocationLists.Where(l => l.Version == version).Select(l => l.Signed).SingleOrDefaultAsync()) is { } stored
            && Signed.Parser.ParseFrom(stored) is var list && RevocationListPayload.Parser.ParseFrom(list.Payload).IssuedAt == issued
            ? await MakeInTurnAsync(() => MakeAsync(from, to, list))
            : null;
    }

    public void Dispose() => _making.Dispose();

    private async Task<byte[]?> MakeInTurnAsync(Func<Task<byte[]?>> make)
    {
        if (!await _making.WaitAsync(WaitsFor))
            return null;
        try
        {
            return await make();
        }
        finally
        {
            _making.Release();
        }
    }

    private Task<byte[]?> MakeAsync(ulong from, PublishedList to) => MakeAsync(from, to.List.Version, RevocationDelta.WithoutNumbers(to.List));

    private async Task<byte[]?> MakeAsync(ulong from, ulong to, Signed list)
    {
        // Each version names one device more.
        if (to - from > MostChanges)
            return null;
        var (after, until) = ((long)from, (long)to);
        var changes = after == until ? [] : await store.ReadAsync(db => db.Devices
            .Where(d => d.RevokedInVersion > after && d.RevokedInVersion <= until).Select(d => d.DeviceNo).ToListAsync());
        var delta = RevocationDelta.Between(from, changes.Select(number => (ulong)number), list);
        return delta.ToBytes().Length <= Limits.RevocationDelta
            ? JsonSerializer.SerializeToUtf8Bytes(new RegistrationMessages.RevocationDeltaResponse(delta.ToText(), to), RegistrationJson.Options)
            : null;
    }
}
