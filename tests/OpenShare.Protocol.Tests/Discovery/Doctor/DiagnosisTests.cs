using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Discovery.Doctor;

public sealed class DiagnosisTests
{
    [Fact]
    public void Of_a_healthy_network_every_finding_is_ok()
    {
        var diagnosis = Diagnosis.Of(Healthy.Facts);

        Assert.True(diagnosis.IsHealthy);
        Assert.Equal(
            [
                FindingCode.NetworkWorks, FindingCode.PortOpen, FindingCode.MulticastWorks, FindingCode.BroadcastWorks, FindingCode.DeviceReached,
                FindingCode.CertificateGood, FindingCode.ClockRight, FindingCode.ServerAnswers,
            ],
            diagnosis.Findings.Select(f => f.Code));
        Assert.All(diagnosis.Findings, f => Assert.Equal((Severity.Ok, null, null), (f.Severity, f.Why, f.Remedy)));
    }

    [Fact]
    public void A_note_is_no_problem_and_a_problem_is_one()
    {
        Assert.True(Diagnosis.Of(Healthy.Facts with { IsAgentRunning = false }).IsHealthy);
        Assert.False(Diagnosis.Of(Healthy.Facts with { Identity = new IdentityFacts.Unregistered() }).IsHealthy);
    }

    /// <summary>What scripts go by is written down, all of it.</summary>
    [Fact]
    public void Every_code_is_in_the_document()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "doctor.md"));
        Assert.All(Enum.GetNames<FindingCode>(), code => Assert.Contains(
            $"| `{System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(code)}` |", document, StringComparison.Ordinal));
    }

    /// <summary>The local API cuts a text for a person at this length.</summary>
    [Fact]
    public void Texts_fit_however_much_there_is_to_say()
    {
        var name = new string('n', 64);
        var many = Healthy.Facts with
        {
            Devices = [.. Enumerable.Range(0, 8).Select(_ => Healthy.Bob with { Name = name, Link = new LinkFacts.Open(DialBack.NotReached) })],
        };
        Assert.All(Diagnosis.Of(many).Findings, f => Assert.InRange(f.What.Length, 1, 500));
    }
}
