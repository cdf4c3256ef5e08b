using System.Text.Json;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Discovery.Doctor;

/// <summary>What <c>openshare doctor --json</c> said.</summary>
internal sealed class Report(CommandResult result)
{
    /// <summary>Asks a device's doctor.</summary>
    public static async Task<Report> OfAsync(TestDevice device, params string[] arguments) =>
        new(await device.RunAsync(["doctor", .. arguments, "--json"]));

    public IEnumerable<string> Codes => Findings.Select(f => f.Text("code")!);

    public double Seconds => result.Json.GetProperty("seconds").GetDouble();

    private IEnumerable<JsonElement> Findings => result.Json.GetProperty("findings").EnumerateArray();

    /// <summary>It has this problem, says these words, and the way to mend it has those; and so it ends with 1.</summary>
    public Report HasProblem(string code, string words, string fix)
    {
        result.EndedWith(1);
        return Has(code, "problem", words, fix);
    }

    public Report HasNote(string code, string words, string fix) => Has(code, "note", words, fix);

    public Report HasOk(params string[] codes)
    {
        foreach (var code in codes)
            Assert.True(Findings.Any(f => f.Text("code") == code && f.Text("severity") == "ok"), $"no {code}: {result}");
        return this;
    }

    public Report HasNo(string code)
    {
        Assert.True(!Codes.Contains(code), $"{code}: {result}");
        return this;
    }

    /// <summary>Nothing is worth a word.</summary>
    public Report IsHealthy()
    {
        result.EndedWith(0);
        Assert.True(Findings.All(f => f.Text("severity") == "ok"), $"{result}");
        return this;
    }

    private Report Has(string code, string severity, string words, string fix)
    {
        Assert.True(Findings.Any(f => f.Text("code") == code), $"no {code}: {result}");
        var finding = Findings.First(f => f.Text("code") == code);
        Assert.True(finding.Text("severity") == severity, $"{code} is no {severity}: {result}");
        Assert.Contains(words, finding.Text("what"), StringComparison.Ordinal);
        Assert.Contains(fix, $"{finding.Text("fix")} {finding.Text("command")}", StringComparison.Ordinal);
        return this;
    }
}
