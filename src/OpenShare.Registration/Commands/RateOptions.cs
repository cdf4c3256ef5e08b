using System.CommandLine;
using System.Globalization;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Commands;

/// <summary>How much may be asked of the service at once.</summary>
internal sealed class RateOptions
{
    private const int Most = 1_000_000;
    private static readonly RateLimits Default = new();
    private static readonly RegistrationOptions Usual = new(new DataDirectory("."));

    private readonly Option<int> _writes = Of("--writes-per-second", "How many registrations, renewals and the like one address may ask for, and twenty seconds' worth at once", Default.WritesPerSecond);
    private readonly Option<int> _reads = Of("--reads-per-second", "How many lists and the like one address may ask for, and ten seconds' worth at once", Default.ReadsPerSecond);
    private readonly Option<int> _account = Of("--account-per-second", "What --writes-per-second is for an address, for the devices of one account", Default.AccountPerSecond);
    private readonly Option<int> _connections = Of("--connections", "How many connections may be open at once", Usual.Connections);
    private readonly Option<int> _connectionsPerAddress = Of("--connections-per-address", "How many of them from one address, or one /64 of IPv6, that is no --trusted-proxy", Usual.ConnectionsPerAddress);

    public void AddTo(Command command)
    {
        command.Add(_writes);
        command.Add(_reads);
        command.Add(_account);
        command.Add(_connections);
        command.Add(_connectionsPerAddress);
    }

    public RegistrationOptions Read(ParseResult parsed, RegistrationOptions options) => options with
    {
        RateLimits = new RateLimits(parsed.GetValue(_writes), parsed.GetValue(_reads), parsed.GetValue(_account)),
        Connections = parsed.GetValue(_connections),
        ConnectionsPerAddress = parsed.GetValue(_connectionsPerAddress),
    };

    private static Option<int> Of(string name, string description, int usual) => new(name)
    {
        Description = $"{description} [default: {usual}]",
        HelpName = "COUNT",
        CustomParser = result =>
        {
            if (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > Most)
                result.AddError($"{name} is 1 to {Most}.");
            return count;
        },
        DefaultValueFactory = _ => usual,
    };
}
