using System.CommandLine;

namespace OpenShare.Cli.Invocation;

/// <summary>The options every command has.</summary>
internal static class GlobalOptions
{
    internal static readonly Option<string?> Home = new("--home")
    {
        Description = "The directory of this device (or OPENSHARE_HOME; default: the platform's data directory)",
        HelpName = "DIR",
        Recursive = true,
    };

    internal static readonly Option<bool> Json = new("--json") { Description = "Answer in JSON on stdout", Recursive = true };

    internal static readonly Option<bool> Verbose = new("--verbose") { Description = "Log in detail to stderr", Recursive = true };

    /// <summary>For the commands that may open the device's key themselves.</summary>
    internal static Option<string?> PassphraseFile() => new("--passphrase-file")
    {
        Description = "A file whose first line is the passphrase of this device's key (or the systemd credential openshare-passphrase)",
        HelpName = "FILE",
    };
}
