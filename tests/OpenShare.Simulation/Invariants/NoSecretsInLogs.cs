using System.Text.RegularExpressions;

namespace OpenShare.Simulation.Invariants;

/// <summary>No private or session key in a line of the log or the trace. All are 32 bytes; what may be printed is shorter, or a named hash.</summary>
internal sealed partial class NoSecretsInLogs : Invariant
{
    internal override string Name => "no-secrets-in-logs";

    internal override void OnLog(string line)
    {
        if (LooksLikeAKey().Match(line) is { Success: true } found)
            Alarm($"32 bytes or more are printed: {line[Math.Max(0, found.Index - 60)..found.Index]}[…]");
    }

    [GeneratedRegex("(?<!sha256:)(?<![0-9A-Fa-f])[0-9A-Fa-f]{64}|(?<![A-Za-z0-9+/_-])(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*[0-9])[A-Za-z0-9+/_-]{43}=?(?![A-Za-z0-9+/_-])")]
    private static partial Regex LooksLikeAKey();
}
