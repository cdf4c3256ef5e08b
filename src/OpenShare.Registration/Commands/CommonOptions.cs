using System.CommandLine;
using System.CommandLine.Parsing;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Hosting;

namespace OpenShare.Registration.Commands;

/// <summary>The options several commands share, and how their values are read.</summary>
internal static class CommonOptions
{
    public static Option<DataDirectory> Data() => new("--data")
    {
        Description = $"The service's data directory [default: {DataDirectory.Default}]",
        HelpName = "DIR",
        CustomParser = result => new DataDirectory(result.Tokens[0].Value),
        DefaultValueFactory = _ => DataDirectory.Default,
    };

    public static Option<bool> Json() => new("--json") { Description = "One JSON document on stdout" };

    public static Option<string?> PassphraseFile() => new("--passphrase-file")
    {
        Description = "A file that holds the passphrase of the signing keys",
        HelpName = "FILE",
    };

    public static AccountId? ReadAccount(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (AccountId.TryParse(text, out var account))
            return account;
        result.AddError($"'{Printable.Shorten(text, 80)}' is no account: use 1 to 64 characters of a-z, 0-9, '.', '_', '-' and '@'.");
        return null;
    }

    public static TimeSpan ReadDuration(ArgumentResult result)
    {
        if (Duration.TryParse(result.Tokens[0].Value) is { } duration)
            return duration;
        result.AddError($"'{Printable.Shorten(result.Tokens[0].Value, 80)}' is no length of time: write 30s, 15m, 1h or 365d.");
        return default;
    }
}
