using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Revocation;
using OpenShare.Registration.Storage;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Service;

/// <summary>One run of the real registration service, without Kestrel: its endpoints, flows and schema, on virtual time.</summary>
internal sealed class ServiceProcess
{
    private readonly SimulationQueue _queue;
    private readonly SimulatedProcess _process;
    private readonly IServiceProvider _flows;
    private readonly RequestDelegate _pipeline;
    private readonly List<ServiceCall> _calls = [];

    private ServiceProcess(SimulationQueue queue, SimulatedProcess process, RegistrationCore core, IServiceProvider flows)
    {
        (_queue, _process, Core, _flows) = (queue, process, core, flows);
        _pipeline = new ApplicationBuilder(flows).UseRouting().UseEndpoints(WebFlows.Map).Build();
        _ = new ListRenewal(core.Lists, core.Time, NullLogger<ListRenewal>.Instance).RunAsync(CancellationToken.None);
    }

    internal RegistrationCore Core { get; }


    internal static ServiceProcess Start(
        SimulationQueue queue, MachineClock clock, SqliteConnection database, ISigningKeyStore keys, X509Certificate2 tls, IRandomSource random,
        RegistrationOptions options) => SimulationQueue.Done(async () =>
    {
        var process = new SimulatedProcess(queue, clock);
        var core = await RegistrationCore.StartAsync(options, new Store(new SqliteDatabase(database)), keys, new SimulatedClock(process), random, CancellationToken.None);
        // What a host would bring along.
        var services = new ServiceCollection().AddLogging()
            .AddSingleton(new DiagnosticListener("simulation")).AddSingleton<IHostApplicationLifetime, ApplicationLifetime>();
        var tlsKey = ServiceTls.KeyHash(tls);
        await WebFlows.AddAsync(services, core, _ => tlsKey, AdminCredential.Of("nobody revokes over HTTPS here"), CancellationToken.None);
        return new ServiceProcess(queue, process, core, services.BuildServiceProvider());
    });

    /// <summary>A request has arrived. Unless the process ends before, the call hears what is answered.</summary>
    internal void Accept(ServiceCall call, WireRequest request, TimeSpan work)
    {
        _calls.Add(call);
        _process.Schedule(work, () => _ = ServeAsync(call, request));
    }

    internal void Hung(ServiceCall call) => _calls.Remove(call);

    internal void Die()
    {
        _process.Die();
        foreach (var call in _calls)
            call.Broke();
        _calls.Clear();
    }

    private async Task ServeAsync(ServiceCall call, WireRequest request)
    {
        try
        {
            var http = request.ToContext(_flows, call.GivenUp);
            await _pipeline(http);
            await http.Response.BodyWriter.FlushAsync();
            if (_calls.Remove(call))
                call.Answered(WireResponse.Read(http.Response));
        }
        catch (OperationCanceledException) when (call.GivenUp.IsCancellationRequested)
        {
            // Nobody waits for it any more.
        }
#pragma warning disable CA1031 // Whatever it is ends the simulation.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _queue.Post(() => ExceptionDispatchInfo.Throw(error));
        }
    }
}
