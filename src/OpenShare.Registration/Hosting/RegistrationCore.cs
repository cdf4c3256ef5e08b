using OpenShare.Protocol.Identity;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Instances;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Keys.Offline;
using OpenShare.Registration.Revocation;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tokens;

namespace OpenShare.Registration.Hosting;

/// <summary>
/// The parts of a service put together over one locked data directory: everything but the web server.
/// `run` serves it; the other commands use it directly when no service runs.
/// </summary>
internal sealed class RegistrationCore : IDisposable
{
    private readonly IDisposable? _lock;

    private RegistrationCore(RegistrationOptions options, Database database, IDisposable locked, TimeProvider time, IRandomSource random)
    {
        (Options, _lock, Time, Random) = (options, locked, time, random);
        Passphrase = Passphrase.Find(options.PassphraseFile, options.Data);
        Keys = SigningKeyPlace.Open(options, Passphrase, time);
        Organisation = new OrganisationTrust(Keys, time);
        Store = new Store(database);
        Publisher = new Publisher(time);
        if (database is PostgresDatabase shared)
            Others = new OtherInstances(shared, this);
    }

    private RegistrationCore(RegistrationOptions options, Store store, ISigningKeyStore keys, TimeProvider time, IRandomSource random)
    {
        (Options, Store, Keys, Time, Random) = (options, store, keys, time, random);
        Passphrase = Passphrase.Find(options.PassphraseFile, options.Data);
        Organisation = new OrganisationTrust(keys, time);
        Publisher = new Publisher(time, wakesAtOnce: true);
    }

    public RegistrationOptions Options { get; }
    public TimeProvider Time { get; }
    public IRandomSource Random { get; }
    public Passphrase Passphrase { get; }
    public ISigningKeyStore Keys { get; }

    /// <summary>True when whoever reads the data directory has the keys.</summary>
    public bool IsPassphraseBesideTheKeys => Passphrase.IsBesideTheKeys && File.Exists(Options.Data.SigningKeys);

    public Store Store { get; }
    public Publisher Publisher { get; }
    public OrganisationTrust Organisation { get; }

    /// <summary>null where no other instance can use the database.</summary>
    public OtherInstances? Others { get; }

    public TrustRoot Trust => Organisation.Newest;

    public AccountKeys AccountKeys { get; private set; } = null!;
    public AuditLog Audit { get; private set; } = null!;
    public RevocationLists Lists { get; private set; } = null!;
    public RegistrationRules Rules { get; private set; } = null!;
    public WithdrawnRoots WithdrawnRoots { get; private set; } = null!;
    public AdminTokens Admins { get; private set; } = null!;
    public LocalAdministration Administration { get; private set; } = null!;

    /// <summary>For `run`: makes whatever a first run makes, and publishes the revocation list.</summary>
    public static Task<RegistrationCore> StartAsync(RegistrationOptions options, TimeProvider time, IRandomSource random, CancellationToken cancel) =>
        OpenAsync(options, time, random, isNew: true, core => core.BeginAsync(cancel), cancel);

    /// <summary>As `run` does, over a store and keys that are not in a data directory: for a simulation, whose one thread does all.</summary>
    public static async Task<RegistrationCore> StartAsync(
        RegistrationOptions options, Store store, ISigningKeyStore keys, TimeProvider time, IRandomSource random, CancellationToken cancel)
    {
        var core = new RegistrationCore(options, store, keys, time, random);
        await store.MigrateAsync(cancel);
        await core.BeginAsync(cancel);
        return core;
    }

    /// <summary>For a command while no service runs. The signing keys are opened only if something is to be signed.</summary>
    public static Task<RegistrationCore> OpenExistingAsync(RegistrationOptions options, TimeProvider time, IRandomSource random, CancellationToken cancel) =>
        OpenAsync(options, time, random, isNew: false, async core =>
        {
            core.Organisation.Set(await TrustRoots.ReadAsync(core.Store, cancel) ?? throw NeverRan(options));
            core.Assemble();
            // What an earlier version of the service wrote has no log yet.
            await core.Audit.BeginAsync(core.Store, cancel);
        }, cancel);

    public void Dispose()
    {
        Keys.Dispose();
        Store.Dispose();
        _lock?.Dispose();
    }

    private static async Task<RegistrationCore> OpenAsync(
        RegistrationOptions options, TimeProvider time, IRandomSource random, bool isNew, Func<RegistrationCore, Task> assemble, CancellationToken cancel)
    {
        Database database = options.Database is { } address
            ? new PostgresDatabase(address, DatabasePassword.Find(options.DatabasePasswordFile))
            : new SqliteDatabase(options.Data.Database);
        IDisposable? locked = null;
        RegistrationCore? core = null;
        try
        {
            // A mistyped directory or database must not become a new service.
            if (!isNew && !await database.IsInUseAsync(cancel))
                throw NeverRan(options);
            locked = options.Data.Lock();
            core = new RegistrationCore(options, database, locked, time, random);
            await core.Store.MigrateAsync(cancel);
            await assemble(core);
            return core;
        }
        catch
        {
            core?.Dispose();
            locked?.Dispose();
            database.Dispose();
            throw;
        }
    }

    private async Task BeginAsync(CancellationToken cancel)
    {
        await TrustRoots.OpenOrCreateAsync(Organisation, Store, Keys, Random, Time.GetUtcNow(), cancel);
        SigningKeyPlace.Remember(Options);
        Assemble();
        await Lists.StartAsync(cancel);
        await Audit.BeginAsync(Store, cancel);
        // Where a move offline was cut short. What cannot be removed `key list` shows.
        await WithdrawnRoots.RemoveAsync(cancel);
    }

    private void Assemble()
    {
        Store.BeforeEachWrite = Others is { } others ? others.FollowAsync : null;
        AccountKeys = new AccountKeys(Organisation, Random, Time);
        Audit = new AuditLog(Organisation, Time);
        Lists = new RevocationLists(Store, Organisation, AccountKeys, Audit, Publisher, Time, Options.RevocationListLifetime);
        var quotas = new Quotas(Options.DefaultQuota);
        Rules = new RegistrationRules(quotas);
        Admins = new AdminTokens(Store, Audit, Random, Time);
        WithdrawnRoots = new WithdrawnRoots(Store, Keys, Organisation, Random);
        var publishing = new TrustRootPublishing(Store, Keys, Organisation, Lists, Audit, WithdrawnRoots);
        Administration = new LocalAdministration(
            Store, new TokenIssuer(Store, Organisation, Audit, Random, Time), Lists, new Promotions(Store, Organisation, Rules, Audit, Time), quotas, Audit, new AuditReading(Store),
            new KeyRotation(Keys, Organisation, publishing, WithdrawnRoots, Random, Time),
            new OfflineRotation(Store, Keys, Organisation, publishing, Random, Time), Admins, Time, Caller.Owner);
    }

    private static UserError NeverRan(RegistrationOptions options) => new(options.Database is { } database
        ? $"No registration service has run over the database {database}. Start one with `openshare-server run --database …`, or name its database."
        : $"No registration service has run with the data directory {options.Data}. Start one with `openshare-server run --data {options.Data}`, or name its directory with --data, and its database with --database if it has one.");
}
