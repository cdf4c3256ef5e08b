using System.Net;

namespace OpenShare.Registration.Hosting;

/// <summary>Where the service listens: https://ADDRESS:PORT, with an IP address, localhost or * (every address); port 0 is any free one.</summary>
internal sealed record ListenUrl(IPAddress Address, int Port)
{
    public const int DefaultPort = 8443;

    /// <summary>As the OpenTelemetry exporters for Prometheus have it.</summary>
    public const int DefaultMetricsPort = 9464;

    public static readonly ListenUrl Default = new(IPAddress.Any, DefaultPort);

    /// <returns>null, with what is wrong with it</returns>
    public static ListenUrl? TryParse(string text, out string problem) => TryParse(text, "https://", DefaultPort, out problem);

    /// <summary>Where metrics are read, over plain HTTP.</summary>
    /// <inheritdoc cref="TryParse(string, out string)"/>
    public static ListenUrl? TryParseMetrics(string text, out string problem) => TryParse(text, "http://", DefaultMetricsPort, out problem);

    private static ListenUrl? TryParse(string text, string scheme, int defaultPort, out string problem)
    {
        problem = "";
        if (!text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            problem = $"'{text}' does not start with {scheme}. The registration service speaks HTTPS only; its metrics are read over plain HTTP.";
            return null;
        }
        var rest = text[scheme.Length..].TrimEnd('/');
        var colon = rest.EndsWith(']') ? -1 : rest.LastIndexOf(':');
        var host = colon < 0 ? rest : rest[..colon];
        var port = defaultPort;
        if (colon >= 0 && (!int.TryParse(rest[(colon + 1)..], out port) || port is < 0 or > 65535))
        {
            problem = $"'{text}' has no port between 0 and 65535 after the last colon.";
            return null;
        }
        var address = host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" or "+" => IPAddress.IPv6Any,
            _ => IPAddress.TryParse(host.Trim('[', ']'), out var parsed) ? parsed : null,
        };
        if (address is null)
            problem = $"'{host}' is no IP address. Listen on one of this machine's, on 0.0.0.0, [::], * or localhost.";
        return address is null ? null : new ListenUrl(address, port);
    }
}
