using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OpenShare.Registration.AdminPage;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Hosting.Health;
using OpenShare.Registration.Http;
using OpenShare.Registration.Instances;
using OpenShare.Registration.Keys.Tls;
using OpenShare.Registration.Revocation;
using OpenShare.Registration.Telemetry;
using Serilog;

namespace OpenShare.Registration.Hosting;

/// <summary>The running service: the core behind Kestrel, over HTTPS for everybody and over a Unix socket for its owner.</summary>
internal sealed class WebService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ShownCertificate _shown;
    private bool _hasStopped;

    private WebService(RegistrationCore core, ShownCertificate shown, WebApplication app) => (Core, _shown, _app) = (core, shown, app);

    public RegistrationCore Core { get; }

    /// <summary>As it is shown now.</summary>
    public TlsCertificate Tls => _shown.Current;

    /// <summary>Where it really listens, with the port the system chose where 0 was asked for.</summary>
    public IReadOnlyList<string> Urls => [.. Addresses.Where(a => a.StartsWith("https:", StringComparison.Ordinal))];

    /// <summary>Where its metrics are read.</summary>
    public string? MetricsUrl => Addresses
        .Where(a => a.StartsWith("http:", StringComparison.Ordinal) && !a.StartsWith("http://unix:", StringComparison.Ordinal))
        .Select(a => a + MetricsListener.Path).SingleOrDefault();

    private ICollection<string> Addresses => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    public static async Task<WebService> StartAsync(RegistrationCore core, Serilog.ILogger log, CancellationToken cancel)
    {
        var shown = ShownCertificate.Open(core.Options, core.Time.GetUtcNow());
        var service = new WebService(core, shown, await BuildAsync(core, shown, log, cancel));
        try
        {
            await service._app.StartAsync(cancel);
            OwnerOnlyFile.Restrict(core.Options.Data.Socket);
            return service;
        }
        catch (Exception error)
        {
            await service.DisposeAsync();
            throw error switch
            {
                IOException { InnerException: AddressInUseException } => new UserError(
                    $"{error.Message.TrimEnd('.')}. Stop the other program, or choose another port with --urls."),
                IOException or SocketException => new UserError($"The service cannot listen: {error.Message}"),
                _ => error,
            };
        }
    }

    /// <summary>Until SIGTERM, Ctrl-C or <paramref name="cancel"/>.</summary>
    public async Task WaitForShutdownAsync(CancellationToken cancel)
    {
        await _app.WaitForShutdownAsync(cancel);
        _hasStopped = true;
    }

    public async ValueTask DisposeAsync()
    {
        // Also after a start that failed half way: disposing of what still runs would look like a crash of it.
        if (!_hasStopped)
            await _app.StopAsync();
        _hasStopped = true;
        await _app.DisposeAsync();
        _shown.Dispose();
    }

    private static async Task<WebApplication> BuildAsync(RegistrationCore core, ShownCertificate shown, Serilog.ILogger log, CancellationToken cancel)
    {
        // Empty: where it listens and what it trusts comes from the command line only, not from whatever the environment says.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => Listening.Configure(kestrel, core.Options, shown));
        builder.Services.AddSerilog(log);
        builder.Services.AddOpenApi();
        builder.Services.AddRateLimiter(core.Options.RateLimits.Configure);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        var credential = AdminCredential.OpenOrCreate(core.Options.Data.AdminCredential, core.Random);
        await WebFlows.AddAsync(builder.Services, core, http => (http.Features.Get<TlsCertificate>() ?? shown.Current).SpkiHash, credential, cancel);
        if (core.Options.MetricsUrl is not null)
            MetricsListener.Add(builder.Services);
        HealthEndpoints.Add(builder.Services, core);
        builder.Services.AddHostedService<ListRenewal>();
        builder.Services.AddSingleton(shown).AddHostedService<TlsRenewal>();
        if (core.Others is { } others)
            builder.Services.AddSingleton(others).AddHostedService<InstanceNews>();

        var app = builder.Build();
        if (core.Options.MetricsUrl is not null)
            MetricsListener.Use(app);
        TrustedProxies.Use(app, core.Options.TrustedProxies);
        app.Use(SecurityHeaders.AddAsync);
        app.UseExceptionHandler(handler => handler.Run(Failures.AnswerSurpriseAsync));
        app.UseStatusCodePages();
        app.UseSerilogRequestLogging(options => RequestLog.Configure(options, log));
        app.Use(app.Services.GetRequiredService<Drain>().HangUpAfterAsync);
        app.Use(Failures.AnswerExpectedAsync);
        app.UseRateLimiter();
        WebFlows.Map(app);
        AdministrationEndpoints.Map(app);
        AdminPageEndpoints.Map(app);
        HealthEndpoints.Map(app);
        app.MapOpenApi().RequireRateLimiting(RateLimits.Reads);
        return app;
    }
}
