using System.Globalization;
using System.Text.RegularExpressions;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>What an agent counts, as Prometheus reads it: values by name and labels, without those that say which meter it is.</summary>
internal static partial class Metrics
{
    public const string ByMulticast = "openshare_discovery_packets_total{family=\"ipv4\",medium=\"multicast\"}";
    public const string ByMulticastV6 = "openshare_discovery_packets_total{family=\"ipv6\",medium=\"multicast\"}";
    public const string ByBroadcast = "openshare_discovery_packets_total{family=\"ipv4\",medium=\"broadcast\"}";
    public const string Sealed = "openshare_transfer_bytes_sealed_bytes_total";
    public const string Interruptions = "openshare_transfer_interruptions_total{direction=\"receiving\"}";
    public const string Received = "openshare_transfer_bytes_total{direction=\"receiving\"}";

    public static async Task<Dictionary<string, double>> OfAsync(TestDevice device)
    {
        var text = await LocalApi.GetAsync(device, "/v1/metrics");
        return text.Split('\n').Where(l => l.StartsWith("openshare", StringComparison.Ordinal) && !l.Contains("_bucket", StringComparison.Ordinal))
            .Select(l => l.Split(' ')).ToDictionary(parts => Plain(parts[0]), parts => double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <returns>0 for what was not counted yet</returns>
    public static async Task<long> OfAsync(TestDevice device, string name) => (long)(await OfAsync(device)).GetValueOrDefault(name);

    private static string Plain(string name) => Scope().Replace(name, "").Replace("{}", "", StringComparison.Ordinal);

    [GeneratedRegex("otel_scope_name=\"[^\"]*\",?")]
    private static partial Regex Scope();
}
