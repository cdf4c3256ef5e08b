using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Discovery.Doctor;

/// <summary>Certificates, this device's and another's, and what is known of revoked ones.</summary>
public sealed partial class FaultTests
{
    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Not_registered_and_then_a_registration_that_goes_on_or_was_refused()
    {
        await lab.ReadyAsync();
        using var device = lab.Device("new", "alice");
        (await Report.OfAsync(device)).HasProblem("not_registered", "not registered", "openshare register --server URL --token TOKEN").HasNo("server_answers");

        var token = await lab.Server.TokenAsync("news", "--uses", "1");
        await lab.Lan.FirewallAsync("gateway", "input", $"tcp dport {lab.Server.Port} drop");
        (await device.TryRegisterAsync(lab.Url, token, "--wait", "1")).EndedWith(6);
        (await Report.OfAsync(device)).HasProblem("registration_underway", lab.Url, "openshare agent").HasProblem("server_unreachable", "it does not answer", "curl");

        await lab.Lan.OpenAsync();
        using var other = lab.Device("other", "alice");
        await other.RegisterAsync(lab.Url, token);
        await device.StartAgentAsync();
        await Eventually.TrueAsync($"the token is refused: {device.Agent}", Patience.Long, async () =>
            (await device.StatusAsync()).GetProperty("registration").Text("state") == "refused");
        (await Report.OfAsync(device)).HasProblem("registration_refused", "refused", "with a new token");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task A_revoked_device_on_both_sides_and_one_that_is_there_twice()
    {
        await lab.ReadyAsync();
        using var dora = lab.Device("dora", "alice");
        using var eve = lab.Device("eve", "bob");
        await MeetAsync(dora, eve);

        using var clone = lab.Device("clone", "gateway");
        await eve.Agent.TerminateAsync();
        CopyHome(eve, clone);
        await Task.WhenAll(eve.StartAgentAsync(), clone.StartAgentAsync());
        await dora.CallsAsync(eve, "duplicate");
        (await Report.OfAsync(dora, "eve")).HasProblem("device_duplicate", "two places", "Stop the agent on one");
        await clone.Agent.TerminateAsync();

        await lab.Server.RevokeAsync(eve.Id);
        await dora.CallsAsync(eve, "revoked");
        (await Report.OfAsync(dora, "eve")).HasProblem("device_revoked", "was revoked", "register");
        (await Report.OfAsync(eve)).HasProblem("revoked", "This device was revoked", "register");
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task Certificates_that_end_or_have_ended_and_a_list_past_its_time()
    {
        await lab.ReadyAsync();
        // Or the certificate would be renewed.
        lab.NameLeadsTo(null);

        (await OfAliceAsync(ahead: TimeSpan.FromMinutes(55))).HasNote("certificate_expiring", "is not renewed yet", "openshare agent");
        (await OfAliceAsync(ahead: TimeSpan.FromDays(8), "bob"))
            .HasProblem("certificate_expired", "expired on", "register anew")
            .HasProblem("device_expired", "has expired", "openshare doctor")
            .HasProblem("revocation_list_stale", "past its time", "openshare revocation refresh");
    }

    private async Task MeetAsync(TestDevice one, TestDevice other)
    {
        var token = await lab.Server.TokenAsync($"own-{one.Name}", "--uses", "2");
        await Task.WhenAll(one.RegisterAsync(lab.Url, token), other.RegisterAsync(lab.Url, token));
        await Task.WhenAll(one.StartAgentAsync(), other.StartAgentAsync());
        await one.CallsAsync(other, "certified");
    }

    private static void CopyHome(TestDevice from, TestDevice to)
    {
        Directory.CreateDirectory(to.Home);
        foreach (var file in Directory.EnumerateFiles(from.Home).Where(f => Path.GetExtension(f) != ".sock"))
            File.Copy(file, Path.Combine(to.Home, Path.GetFileName(file)));
    }
}
