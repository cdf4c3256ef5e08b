using System.Net;
using System.Net.Sockets;
using Akka.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using OpenShare.Agent.Api;
using OpenShare.Agent.Ui;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage;

namespace OpenShare.Agent.Hosting;

/// <summary>One running agent: a locked home, a device on its actor system, and the local control API.</summary>
internal sealed class AgentHost : IHostedAgent
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly DeviceHome _home;

    // Of who stays.
    private readonly AgentUpkeep? _upkeep;

    private AgentHost(WebApplication app, DeviceHome home, AgentUpkeep? upkeep)
    {
        _app = app;
        _home = home;
        _upkeep = upkeep;
    }

    public CancellationToken Stopped => _app.Lifetime.ApplicationStopping;

    /// <param name="home">becomes the host's, also when starting fails</param>
    /// <param name="time">by which the control API waits</param>
    /// <exception cref="AgentStartException">it cannot start, and why, for a person</exception>
    internal static async Task<AgentHost> StartAsync(AgentOptions options, DeviceHome home, StartDevice start, TimeProvider time, CancellationToken cancellation)
    {
        WebApplication? app = null;
        try
        {
            app = Build(options, home, start, time);
            await app.StartAsync(cancellation);
            return new AgentHost(app, home, options.ServesPages ? new AgentUpkeep(app.Services, options, home, time) : null);
        }
        catch (Exception e)
        {
            if (app is not null)
                await StopAsync(app);
            home.Dispose();
            throw e switch
            {
                DeviceStartException or StorageException => new AgentStartException(e.Message, e),
                IOException or SocketException => new AgentStartException($"The control socket of {options.Home} cannot be opened: {e.Message}", e),
                _ => e,
            };
        }
    }

    /// <summary>Answers no more requests, stops the device and lets go of the home.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_upkeep is not null)
            await _upkeep.DisposeAsync();
        await StopAsync(_app);
        _home.Dispose();
    }

    private static async Task StopAsync(WebApplication app)
    {
        using var limit = new CancellationTokenSource(LongestStop);
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
    }

    private static WebApplication Build(AgentOptions options, DeviceHome home, StartDevice start, TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "openshare", ContentRootPath = AppContext.BaseDirectory });
        AgentLogging.Add(builder.Logging, options);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = LongestStop);
        builder.Services.AddAkka("openshare", akka => akka
            .AddHoconFile(Path.Combine(AppContext.BaseDirectory, "hocon", "openshare.conf"), HoconAddMode.Prepend)
            .WithDevices()
            .ConfigureLoggers(loggers => AgentLogging.Add(loggers, options.LogLevel)));
        AgentTelemetry.Add(builder.Services);
        builder.Services.AddSingleton(sp => new DeviceService(sp, options, home, start));
        builder.Services.AddHostedService(sp => sp.GetRequiredService<DeviceService>());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Reply.LargestRequest;
            Listen(kestrel, options.Control);
            // Which port is of no account: whoever opens the page gets its whole address.
            if (options.ServesPages)
                kestrel.Listen(IPAddress.Loopback, port: 0, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        builder.Services.Configure<SocketTransportOptions>(o => o.CreateBoundListenSocket = endpoint => endpoint is UnixDomainSocketEndPoint
            ? ((ControlEndpoint.UnixSocket)options.Control).Bind()
            : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint));

        builder.Services.AddSingleton(_ => new CrashReports(options.Home, time));
        builder.Services.AddSingleton(sp => new AgentContext(
            sp.GetRequiredService<DeviceService>(), options, time, sp.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping)
        {
            Crash = options.ServesPages ? sp.GetRequiredService<CrashReports>().TakeUntold() : null,
        });
        builder.Services.AddSingleton<UiDrops>();
        if (options.ServesPages)
            builder.Services.AddHostedService(sp => sp.GetRequiredService<UiDrops>());

        var app = builder.Build();
        if (options.ServesPages)
            app.Services.GetRequiredService<CrashReports>().Watch();
        LocalApi.Map(app, app.Services.GetRequiredService<AgentContext>(), app.Services.GetRequiredService<UiDrops>());
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, ControlEndpoint control)
    {
        if (control is ControlEndpoint.UnixSocket socket)
            kestrel.ListenUnixSocket(socket.Path, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        else if (control is ControlEndpoint.NamedPipe pipe)
            kestrel.ListenNamedPipe(pipe.Name, endpoint => endpoint.Protocols = HttpProtocols.Http1);
    }

    // Signals belong to the command, which knows what a Ctrl-C means to it.
    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
