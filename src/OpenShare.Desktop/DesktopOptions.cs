using System.CommandLine;
using OpenShare.Agent.Hosting;

namespace OpenShare.Desktop;

/// <summary>The options that <c>openshare agent</c> has, too; the others of its settings come from the environment.</summary>
internal sealed class DesktopOptions(ParseResult parsed)
{
    private static readonly Option<string?> Home = new("--home") { Description = "The directory of this device (or OPENSHARE_HOME; default: the platform's data directory)", HelpName = "DIR" };
    private static readonly Option<string?> Accept = new("--accept") { Description = "Whose files to take: own (devices of the account; the default), ask (you, each time) or none", HelpName = "own|ask|none" };
    private static readonly Option<string?> SaveTo = new("--save-to") { Description = "Where received files go (default: OpenShare among the downloads)", HelpName = "DIR" };
    private static readonly Option<string?> Listen = new("--listen") { Description = "Where other devices connect to (default *:0, any free port)", HelpName = "HOST:PORT" };
    private static readonly Option<string?> PassphraseFile = new("--passphrase-file") { Description = "A file whose first line is the passphrase of this device's key", HelpName = "FILE" };

    internal static void AddTo(Command command)
    {
        foreach (var option in (Option[])[Home, Accept, SaveTo, Listen, PassphraseFile])
            command.Options.Add(option);
    }

    /// <exception cref="SettingException">a value is not what it should be</exception>
    internal AgentOptions Agent(IReadOnlyDictionary<string, string?> environment) => AgentSettings.Read(parsed.GetValue(Home), new Dictionary<string, string?>
    {
        [AgentSettings.Accept] = parsed.GetValue(Accept),
        [AgentSettings.SaveTo] = parsed.GetValue(SaveTo),
        [AgentSettings.Listen] = parsed.GetValue(Listen),
        [AgentSettings.PassphraseFile] = parsed.GetValue(PassphraseFile),
    }, AgentReach.Network, environment) with { ServesPages = true, KeepsLogs = true };

    /// <summary>The same, to be typed anywhere.</summary>
    internal IReadOnlyList<string> Words()
    {
        var words = new List<string>();
        foreach (var option in (Option<string?>[])[Home, Accept, SaveTo, Listen, PassphraseFile])
            if (parsed.GetValue(option) is { } value)
                words.AddRange([option.Name, option == Accept || option == Listen ? value : Path.GetFullPath(value)]);
        return words;
    }
}
