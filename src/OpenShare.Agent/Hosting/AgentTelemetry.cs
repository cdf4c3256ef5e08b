using OpenShare.Device.Discovery;
using OpenShare.Device.Transfers.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OpenShare.Agent.Hosting;

/// <summary>
/// What the device counts and traces, for others to read: Prometheus asks the local API; and where an OTLP collector is named in the usual
/// variable, it is sent there.
/// </summary>
internal static class AgentTelemetry
{
    private const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    internal static void Add(IServiceCollection services)
    {
        var telemetry = services.AddOpenTelemetry().ConfigureResource(r => r.AddService("openshare"));
        telemetry.WithMetrics(metrics => metrics.AddMeter(TransferMetrics.Name, DiscoveryMetrics.Name).AddPrometheusExporter());
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Collector)))
            return;
        telemetry.WithMetrics(metrics => metrics.AddOtlpExporter());
        telemetry.WithTracing(traces => traces.AddSource(TransferMetrics.Name).AddOtlpExporter());
    }
}
