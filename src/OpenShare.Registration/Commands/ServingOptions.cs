using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Http;
using OpenShare.Registration.Telemetry;

namespace OpenShare.Registration.Commands;

/// <summary>How the service stands among what an administrator has around it.</summary>
internal sealed class ServingOptions
{
    private readonly Option<IPNetwork[]> _trustedProxies = new("--trusted-proxy")
    {
        Description = "A reverse proxy before this service, one or more, whose X-Forwarded-For is believed: 10.0.0.5, 10.0.0.0/24 [default: none]",
        HelpName = "ADDRESS",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = ReadProxies,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<TimeSpan> _drainDelay = new("--drain-delay")
    {
        Description = "How long to answer on after SIGTERM, while /health/ready says 503 and a load balancer turns elsewhere: 10s [default: not at all]",
        HelpName = "TIME",
        CustomParser = CommonOptions.ReadDuration,
    };

    private readonly Option<ListenUrl?> _metricsUrl = new("--metrics-url")
    {
        Description = $"Where Prometheus reads {MetricsListener.Path}, over plain HTTP and for whoever can connect: http://127.0.0.1:{ListenUrl.DefaultMetricsPort} [default: nowhere]",
        HelpName = "URL",
        CustomParser = result =>
        {
            var url = ListenUrl.TryParseMetrics(result.Tokens[0].Value, out var problem);
            if (url is null)
                result.AddError(problem);
            return url;
        },
    };

    public void AddTo(Command command)
    {
        command.Add(_trustedProxies);
        command.Add(_drainDelay);
        command.Add(_metricsUrl);
    }

    public RegistrationOptions Read(ParseResult parsed, RegistrationOptions options) => options with
    {
        TrustedProxies = parsed.GetValue(_trustedProxies)!,
        MetricsUrl = parsed.GetValue(_metricsUrl),
        DrainDelay = parsed.GetValue(_drainDelay),
    };

    private static IPNetwork[] ReadProxies(ArgumentResult result)
    {
        var networks = new List<IPNetwork>();
        foreach (var text in result.Tokens.Select(t => t.Value))
        {
            if (TrustedProxies.TryParse(text, out var problem) is { } network)
                networks.Add(network);
            else
                result.AddError(problem);
        }
        return [.. networks];
    }
}
