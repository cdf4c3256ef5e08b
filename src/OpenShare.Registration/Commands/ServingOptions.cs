using System.CommandLine;
using OpenShare.Registration.Hosting;

namespace OpenShare.Registration.Commands;

/// <summary>How the service stands among what an administrator has around it.</summary>
internal sealed class ServingOptions
{
    private readonly Option<TimeSpan> _drainDelay = new("--drain-delay")
    {
        Description = "How long to answer on after SIGTERM, while /health/ready says 503 and a load balancer turns elsewhere: 10s [default: not at all]",
        HelpName = "TIME",
        CustomParser = CommonOptions.ReadDuration,
    };

    public void AddTo(Command command) => command.Add(_drainDelay);

    public RegistrationOptions Read(ParseResult parsed, RegistrationOptions options) => options with { DrainDelay = parsed.GetValue(_drainDelay) };
}
