using Microsoft.EntityFrameworkCore;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Instances;

/// <summary>What other instances of the service have stored in the database that they share with this one.</summary>
internal sealed class OtherInstances(PostgresDatabase database, RegistrationCore core)
{
    // What a lost notification costs at most.
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(5);

    // The trust root up to which withdrawn root keys were removed here, or tried to be.
    private uint _cleared;

    /// <summary>Publishes their lists and takes up their keys as soon as they are stored, until the connection is lost.</summary>
    /// <param name="looked">told each time that all there is was seen</param>
    public Task ListenAsync(Action looked, CancellationToken cancel) => database.ListenAsync(async isNews =>
    {
        await LookAsync(isNews, cancel);
        looked();
    }, LooksEvery, cancel);

    /// <summary>Takes up a trust root that another instance has stored. As part of each write: nothing is signed by a key that was withdrawn before.</summary>
    public async Task FollowAsync(RegistrationDb db, CancellationToken cancel)
    {
        if (await db.TrustRoots.MaxAsync(t => t.Version, cancel) <= core.Trust.Version)
            return;
        core.Keys.Refresh();
        core.Organisation.Set(await TrustRoots.ReadChainAsync(db, cancel) ?? throw new InvalidOperationException("The trust root vanished."));
    }

    private async Task LookAsync(bool isNews, CancellationToken cancel)
    {
        var (before, list) = (core.Trust.Version, await core.Store.ReadAsync(async db =>
        {
            await FollowAsync(db, cancel);
            return await db.RevocationLists.MaxAsync(l => l.Version, cancel);
        }));
        // Root keys that another instance has withdrawn may be in this one's keys as well. A write may have been faster at following.
        if (core.Trust.Version is var version && version > _cleared)
        {
            await core.WithdrawnRoots.RemoveAsync(cancel);
            _cleared = version;
        }
        // The list itself may be large, and is read only where it has changed. One that was signed anew has the version of the one before.
        if (isNews || core.Trust.Version > before || (ulong)list > core.Publisher.Current.List.Version)
            core.Lists.Publish(await core.Lists.ReadAsync(cancel));
    }
}
