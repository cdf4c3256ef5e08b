using System.CommandLine;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Commands;

/// <summary>How much may be asked of the service at once.</summary>
internal sealed class RateOptions
{
    private const int Most = 1_000_000;
    private static readonly RateLimits Default = new();

    private readonly Option<int> _writes = Of("--writes-per-second", "How many registrations, renewals and the like one address may ask for, and twenty seconds' worth at once", Default.WritesPerSecond);
    private readonly Option<int> _reads = Of("--reads-per-second", "How many lists and the like one address may ask for, and ten seconds' worth at once", Default.ReadsPerSecond);
    private readonly Option<int> _account = Of("--account-per-second", "What --writes-per-second is for an address, for the devices of one account", Default.AccountPerSecond);

    public void AddTo(Command command)
    {
        command.Add(_writes);
        command.Add(_reads);
        command.Add(_account);
    }

    public RegistrationOptions Read(ParseResult parsed, RegistrationOptions options) =>
        options with { RateLimits = new RateLimits(parsed.GetValue(_writes), parsed.GetValue(_reads), parsed.GetValue(_account)) };

    private static Option<int> Of(string name, string description, int usual)
    {
        var option = new Option<int>(name) { Description = $"{description} [default: {usual}]", HelpName = "COUNT", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > Most)
                result.AddError($"{name} is 1 to {Most}.");
        });
        return option;
    }
}
