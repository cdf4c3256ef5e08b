using OpenShare.Agent.Documents;

namespace OpenShare.Cli.Output;

/// <summary>A diagnosis as a person reads it: what is well in a line each, and what is not with why and what to do.</summary>
internal static class DoctorText
{
    private const string Indent = "         ";

    internal static string Of(DoctorDocument report) =>
        string.Join('\n', report.Findings.SelectMany(Lines).Append(Closing(report)));

    private static IEnumerable<string> Lines(FindingDocument finding)
    {
        yield return $"{finding.Severity.PadRight(Indent.Length)}{finding.What}{(finding.Fix is null ? "" : $" [{finding.Code}]")}";
        if (finding.Why is { } why)
            yield return Indent + why;
        if (finding.Fix is { } fix)
            yield return $"{Indent}To do: {fix}";
        if (finding.Command is { } command)
            yield return $"{Indent}  {command}";
    }

    private static string Closing(DoctorDocument report) =>
        report.Healthy && report.Notes == 0 ? "Nothing is wrong."
        : report.Healthy ? $"Nothing is wrong; {Words.Count(report.Notes, "note", "notes")}."
        : $"{Words.Count(report.Problems, "problem", "problems")}{(report.Notes > 0 ? $", {Words.Count(report.Notes, "note", "notes")}" : "")}.";
}
