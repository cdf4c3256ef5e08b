using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Http;
using OpenShare.Registration.Keys;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace OpenShare.Registration.Tests.Support;

/// <summary>A whole registration service in this process: real Kestrel with TLS on loopback, a real database, a clock the test moves.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly RegistrationCore _core;
    private readonly WebService _service;
    private TempDirectory? _directory;
    private PostgresTestDatabase? _database;

    private TestService(
        TempDirectory directory, PostgresTestDatabase? database, RegistrationCore core, WebService service, FakeTimeProvider time, CollectingSink log)
    {
        (_directory, _database, _core, _service, Time, Log) = (directory, database, core, service, time, log);
        Http = NewClient();
    }

    public FakeTimeProvider Time { get; }

    public CollectingSink Log { get; }

    public HttpClient Http { get; }

    public IAdministration Admin => _core.Administration;

    public RegistrationCore Core => _core;

    public WebService Web => _service;

    /// <summary>null on SQLite.</summary>
    public PostgresTestDatabase? Database => _database;

    public DataDirectory Data => _core.Options.Data;

    public Uri Url => new(_service.Urls[0]);

    public string AdminCredential => File.ReadAllText(Data.AdminCredential).Trim();

    public static async Task<TestService> StartAsync(
        Func<RegistrationOptions, RegistrationOptions>? change = null, TempDirectory? directory = null, FakeTimeProvider? time = null,
        bool onPostgres = false, PostgresTestDatabase? database = null)
    {
        if (onPostgres)
            database ??= await PostgresTestDatabase.CreateAsync();
        directory ??= new TempDirectory();
        time ??= new FakeTimeProvider(new DateTimeOffset(2031, 3, 14, 9, 26, 53, TimeSpan.Zero));
        var options = new RegistrationOptions(new DataDirectory(directory.Path))
        {
            Urls = [new ListenUrl(IPAddress.Loopback, 0)],
            Database = database?.Address,
            Sealing = SealingCost.Least,
            RateLimits = new RateLimits { WriteBurst = 100_000, ReadBurst = 100_000 },
        };
        var log = new CollectingSink();
        RegistrationCore? core = null;
        try
        {
            core = await RegistrationCore.StartAsync(change?.Invoke(options) ?? options, time, new SystemRandom(), default);
            var logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(log).CreateLogger();
            return new TestService(directory, database, core, await WebService.StartAsync(core, logger, default), time, log);
        }
        catch
        {
            core?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Another instance over the same database, with the same signing keys and clock.</summary>
    public async Task<TestService> StartBesideAsync(Func<RegistrationOptions, RegistrationOptions>? change = null)
    {
        var directory = new TempDirectory();
        foreach (var file in (string[])[Data.SigningKeys, Data.SigningKeyPassphrase])
            File.CreateSymbolicLink(directory.File(Path.GetFileName(file)), file);
        return await StartAsync(change, directory, Time, database: _database);
    }

    /// <summary>A client that talks to this service's TLS key and to no other.</summary>
    /// <param name="certificate">what it shows where it is asked for one</param>
    public HttpClient NewClient(X509Certificate2? certificate = null)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    SHA256.HashData(certificate!.GetRawCertData()).AsSpan().SequenceEqual(SHA256.HashData(_service.Tls.Leaf.RawData)),
            },
        };
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [certificate];
        return new HttpClient(handler) { BaseAddress = Url };
    }

    /// <summary>Stops this service and starts another one over the same data directory and clock.</summary>
    public async Task<TestService> RestartAsync(Func<RegistrationOptions, RegistrationOptions>? change = null)
    {
        var (directory, database) = (_directory, _database);
        (_directory, _database) = (null, null);
        await DisposeAsync();
        return await StartAsync(change, directory, Time, database: database);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        Http.Dispose();
        _core.Dispose();
        _directory?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
    }
}

/// <summary>Every line the service logged, at every level.</summary>
internal sealed class CollectingSink : ILogEventSink
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public void Emit(LogEvent logEvent) =>
        _lines.Enqueue($"{logEvent.Level} {logEvent.RenderMessage(null)} {string.Join(' ', logEvent.Properties)} {logEvent.Exception}");
}

internal sealed class TempDirectory : IDisposable
{
    private readonly bool _isBorrowed;

    public TempDirectory() => Path = Directory.CreateTempSubdirectory("osr-").FullName;

    private TempDirectory(string path) => (Path, _isBorrowed) = (path, true);

    public string Path { get; }

    /// <summary>The same directory, for somebody who must not delete it.</summary>
    public TempDirectory Borrow() => new(Path);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (!_isBorrowed)
            Directory.Delete(Path, recursive: true);
    }
}
