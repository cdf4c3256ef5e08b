using System.Security.Cryptography.X509Certificates;
using Microsoft.Data.Sqlite;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Issuing;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Service;

/// <summary>The registration service's machine: its database and keys stay, its process comes and goes.</summary>
public sealed class SimulatedService : IDisposable
{
    public static readonly Uri Address = new("https://registration.example");

    private const string InMemory = "Data Source=:memory:;Foreign Keys=True;Pooling=False";

    private readonly SimulationQueue _queue;
    private readonly SqliteConnection _database = new(InMemory);
    private readonly MemorySigningKeys _keys = new();
    private readonly SeededRandom _random;
    private readonly Random _chance;
    private readonly RegistrationOptions _options;
    private SqliteConnection? _backup;

    internal SimulatedService(SimulationQueue queue, int seed, ServiceLifetimes lifetimes)
    {
        (_queue, _random, _chance, Clock) = (queue, new SeededRandom(seed), new Random(seed), new MachineClock(queue));
        _options = new RegistrationOptions(new DataDirectory("in memory")) 
        {
            DefaultQuota = Quotas.Max,
            CertificateLifetime = lifetimes.Certificate,
            RevocationListLifetime = lifetimes.RevocationList,
        };
        _database.Open();
        Certificate = ServiceTls.Create(_random, Clock.Now);
        GoUp();
    }

    public MachineClock Clock { get; }

    public ServiceConditions Conditions { get; } = new();

    /// <summary>The organisation's keys.</summary>
    public TrustRoot Trust { get; private set; } = null!;

    public bool IsUp => Running is not null;

    /// <summary>Requests answered.</summary>
    public long Served { get; internal set; }

    internal ServiceProcess? Running { get; private set; }

    internal X509Certificate2 Certificate { get; }

    /// <summary>Starts its process, where none runs.</summary>
    public void GoUp()
    {
        Running ??= ServiceProcess.Start(_queue, Clock, _database, _keys, Certificate, _random, _options);
        Trust = Running.Core.Trust;
    }

    /// <summary>Its process dies: whoever waits for an answer has a broken connection.</summary>
    public void GoDown()
    {
        Running?.Die();
        Running = null;
    }

    public void Restart()
    {
        GoDown();
        GoUp();
    }

    /// <summary>Its database is what it was at <see cref="KeepBackup"/> again, and its process another one.</summary>
    /// <exception cref="InvalidOperationException">there is no backup</exception>
    public void RestoreBackup()
    {
        var backup = _backup ?? throw new InvalidOperationException("The registration service has no backup.");
        GoDown();
        backup.BackupDatabase(_database);
        GoUp();
    }

    /// <summary>As its administrator would: a copy of the database as it is now.</summary>
    public void KeepBackup()
    {
        if (_backup is null)
            (_backup = new SqliteConnection(InMemory)).Open();
        _database.BackupDatabase(_backup);
    }

    /// <summary>As its administrator would.</summary>
    /// <param name="uses">devices that may register with it</param>
    public RegistrationTokenText IssueToken(string account = "acme", int uses = 1, TimeSpan? lifetime = null) => RegistrationTokenText.Parse(
        Ask(admin => admin.CreateTokenAsync(
            new AdministrationMessages.CreateToken(account, uses, (long)(lifetime ?? TimeSpan.FromDays(1)).TotalSeconds, Name: null), default)).Token);

    /// <summary>As its administrator would.</summary>
    /// <returns>the version of the list that says so</returns>
    public ulong Revoke(DeviceId device, string reason = "lost") =>
        Ask(admin => admin.RevokeDeviceAsync(device.ToString(), new AdministrationMessages.RevokeDevice(reason), default)).CrlVersion;

    /// <summary>The devices that it ever registered, revoked or not, in the order in which it did.</summary>
    public IReadOnlyList<DeviceId> Devices =>
        [.. Ask(admin => admin.ListDevicesAsync(account: null, default)).Devices.Select(d => DeviceId.Parse(d.DeviceId))];

    /// <summary>Registers a device as if it had asked, in no time.</summary>
    internal HeldRegistration Enroll(Protocol.Identity.PublicKey key, string name, RegistrationTokenText token) => Enrollment.Run(
        _database, _keys, (Running ?? throw new InvalidOperationException("The registration service is down.")).Core.Trust, key, name, token,
        Clock.Now, _options.CertificateLifetime);

    public void Dispose()
    {
        GoDown();
        _backup?.Dispose();
        _database.Dispose();
        Certificate.Dispose();
    }

    internal TimeSpan OneWay() => Conditions.Latency + Conditions.Jitter * _chance.NextDouble();

    internal bool Chance(double probability) => _chance.NextDouble() < probability;

    internal bool LosesRequest() => Chance(Conditions.RequestLoss);

    internal bool LosesAnswer(string path) => Chance(Conditions.AnswerLoss) || Conditions.LosesAnswer?.Invoke(path) == true;

    private T Ask<T>(Func<IAdministration, Task<Outcome<T>>> ask) =>
        SimulationQueue.Done(() => ask((Running ?? throw new InvalidOperationException("The registration service is down.")).Core.Administration)) switch
        {
            Outcome<T>.Done done => done.Value,
            Outcome<T>.Refused refused => throw new InvalidOperationException(refused.Refusal.Detail),
            _ => throw new InvalidOperationException(),
        };
}

/// <summary>How long what the service signs is good for.</summary>
public sealed record ServiceLifetimes(TimeSpan Certificate, TimeSpan RevocationList)
{
    public static readonly ServiceLifetimes AsInLife = new(TimeSpan.FromDays(365), TimeSpan.FromDays(7));
}
