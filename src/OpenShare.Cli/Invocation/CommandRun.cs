using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenShare.Agent;
using OpenShare.Agent.Hosting;

namespace OpenShare.Cli.Invocation;

/// <summary>One run of one command: what was typed, and where to answer.</summary>
internal sealed class CommandRun(ParseResult parsed, Shell shell)
{
    internal Shell Shell => shell;

    internal CancellationToken Interrupted => shell.Interrupted;

    internal bool Json => parsed.GetValue(GlobalOptions.Json);

    internal T? Get<T>(Option<T> option) => parsed.GetValue(option);

    internal T Get<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    /// <summary>The agent's options: the environment's, and over them the given ones.</summary>
    /// <param name="quiet">the log level unless one is set: a command's own words say what a log would</param>
    internal AgentOptions Options(AgentReach reach, bool quiet, params ReadOnlySpan<(string Key, string? Value)> settings)
    {
        var given = new Dictionary<string, string?>();
        foreach (var (key, value) in settings)
            given[key] = value;
        if (parsed.GetValue(GlobalOptions.Verbose))
            given[AgentSettings.LogLevel] = "debug";
        else if (quiet && !AgentSettings.Environment.Keys.Contains("OPENSHARE__LOGLEVEL", StringComparer.OrdinalIgnoreCase))
            given[AgentSettings.LogLevel] = "error";
        return AgentSettings.Read(parsed.GetValue(GlobalOptions.Home), given, reach, AgentSettings.Environment);
    }

    /// <summary>The running agent; where none runs, one of this command's own.</summary>
    internal Task<AgentSession> OpenAsync(AgentReach reach, string? passphraseFile = null) =>
        shell.Launcher().OpenAsync(Options(reach, quiet: true, (AgentSettings.PassphraseFile, passphraseFile)), Interrupted);

    internal void Say(string line) => shell.Out.WriteLine(line);

    internal void Warn(string line) => shell.Error.WriteLine(line);

    /// <summary>The document on one line.</summary>
    internal void Print<T>(T document, JsonTypeInfo<T> type)
    {
        shell.Out.WriteLine(JsonSerializer.Serialize(document, type));
        shell.Out.Flush();
    }

    /// <summary>The document with --json, else the text.</summary>
    internal void Answer<T>(T document, JsonTypeInfo<T> type, Func<T, string> text)
    {
        if (Json)
            Print(document, type);
        else
            Say(text(document));
    }
}
