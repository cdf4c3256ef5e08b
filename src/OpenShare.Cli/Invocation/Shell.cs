using OpenShare.Agent;

namespace OpenShare.Cli.Invocation;

/// <summary>What surrounds a command.</summary>
/// <param name="ErrorIsTerminal">a person watches: progress may be drawn there</param>
/// <param name="Launcher">made when first needed</param>
/// <param name="Interrupted">the person, or the system, wants the command to end</param>
internal sealed record Shell(
    TextWriter Out, TextWriter Error, bool ErrorIsTerminal, Func<AgentLauncher> Launcher, TimeProvider Time, CancellationToken Interrupted)
{
    internal const string BegunVariable = "OPENSHARE_BEGUN";

    /// <summary>Opened when first needed.</summary>
    internal Func<Stream> In { get; init; } = Console.OpenStandardInput;

    /// <summary>A person reads what is printed, and can be asked.</summary>
    internal bool IsInteractive { get; init; }

    /// <summary>What a send has begun and not ended: for whoever goes on with it in place of this program, or from the one before.</summary>
    internal string? Begun { get; set; }

    /// <summary>The console's.</summary>
    internal static Shell OfProcess(Func<AgentLauncher> launcher, CancellationToken interrupted) =>
        new(Console.Out, Console.Error, ErrorIsTerminal: !Console.IsErrorRedirected, launcher, TimeProvider.System, interrupted)
        {
            IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected,
            Begun = Environment.GetEnvironmentVariable(BegunVariable),
        };
}
