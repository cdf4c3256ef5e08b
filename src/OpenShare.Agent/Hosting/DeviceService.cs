using Akka;
using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage;

namespace OpenShare.Agent.Hosting;

/// <summary>
/// Starts the device once its actor system is there. It is stopped in the actor system's own shutdown, in the
/// service-stop phase: later its last words would find no log and no dispatcher.
/// </summary>
internal sealed class DeviceService(IServiceProvider services, AgentOptions options, DeviceHome home, StartDevice start) : IHostedService
{
    private IDevice? _device;

    internal IDevice Device => _device ?? throw new InvalidOperationException("The device has not started.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var system = services.GetRequiredService<ActorSystem>();
        var device = await start(system, DeviceOptionsOf(options, home), cancellationToken);
        _device = device;
        _ = EndWith(device);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceStop, "stop-device", async () =>
        {
            await device.StopAsync();
            return Done.Instance;
        });
    }

    // An agent without its device would only answer that nothing answers: better that whoever supervises it starts it anew.
    private async Task EndWith(IDevice device)
    {
        await device.Ended;
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        if (options.ServesPages)
            services.GetRequiredService<CrashReports>().Write("The device stopped by itself: one of its parts failed again and again. The log says which.");
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    internal static AcceptPolicy PolicyOf(AcceptFrom accept) => accept switch
    {
        AcceptFrom.Own => AcceptPolicy.Own,
        AcceptFrom.Ask => AcceptPolicy.Ask,
        _ => AcceptPolicy.None,
    };

    private static DeviceOptions DeviceOptionsOf(AgentOptions options, DeviceHome home) => new(
        home,
        options.Name,
        options.Listen,
        options.AdvertisedPort,
        options.Interfaces,
        PolicyOf(options.Accept),
        options.SaveTo,
        options.PassphraseFile is { } file ? PassphraseFile.Read(file) : null,
        options.Reach switch
        {
            AgentReach.Network => DeviceReach.Network,
            AgentReach.Sending => DeviceReach.Sending,
            AgentReach.Looking => DeviceReach.Looking,
            AgentReach.Diagnosis => DeviceReach.Diagnosis,
            _ => DeviceReach.HomeOnly,
        })
    {
        AllowsOverwriting = options.Overwrite == YesNo.Yes,
        Provisional = options.Provisional,
        StaleList = options.StaleList,
        Carriers = options.Carriers,
        QuicLibrary = options.QuicLibrary,
    };
}
