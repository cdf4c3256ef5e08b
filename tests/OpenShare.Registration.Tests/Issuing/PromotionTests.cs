using System.Net;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Tests.Support;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Tests.Issuing;

/// <summary>A service that asks registers a paired device once an administrator has said yes.</summary>
public class PromotionTests : PromotionRig
{
    [SkippableFact]
    public async Task A_paired_device_waits_for_a_yes_and_is_registered_when_it_asks_next()
    {
        var endorsement = Endorse();
        await WaitsAsync(endorsement);
        var waiting = Assert.Single(await WaitingAsync());
        Assert.Equal(
            (New.Id.ToString(), "alice", "Alice's tablet", Sponsor.Id.ToString(), "Alice's laptop", Service.Time.GetUtcNow(), "waiting"),
            (waiting.DeviceId, waiting.AccountId, waiting.Name, waiting.Sponsor, waiting.SponsorName, waiting.Since, waiting.State));
        Assert.Empty(await WaitingAsync("bob"));

        Assert.Equal(new Promoted(New.Id.ToString(), "alice", "Alice's tablet", Sponsor.Id.ToString()), await AdmitAsync("Alice's tablet"));
        Assert.Equal("admitted", Assert.Single(await WaitingAsync()).State);
        using (var response = await PromoteAsync(endorsement))
            Assert.Equal((HttpStatusCode.Created, New.Id), (response.StatusCode, (await response.CertificateAsync()).DeviceId));
        Assert.Empty(await WaitingAsync());

        var lines = (await Service.Admin.ShowAuditAsync(2, default)).Value().Lines;
        Assert.Equal(["owner", $"sponsor:{Sponsor.Id}"], lines.Select(l => l.By));
        Assert.Equal(new AuditAct.PromotionAdmitted("alice", New.Id.ToString(), "Alice's tablet", Sponsor.Id.ToString()), lines[0].Act);
        Assert.True((await Service.Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    [SkippableFact]
    public async Task What_is_asked_and_answered_outlives_a_restart_and_is_kept_once()
    {
        var (endorsement, began) = (Endorse(), Service.Time.GetUtcNow());
        await WaitsAsync(endorsement);
        Service.Time.Advance(TimeSpan.FromDays(1));
        await RestartAsync();
        await WaitsAsync(endorsement);
        Assert.Equal(began, Assert.Single(await WaitingAsync()).Since);

        // Said twice it is logged once.
        var lines = await LinesAsync();
        await AdmitAsync(New.Id.ToString());
        await AdmitAsync(New.Id.ToString());
        Assert.Equal(lines + 1, await LinesAsync());
        await RestartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PromoteAsync(endorsement)));
        Assert.Single((await Task.WhenAll(answers.Select(async a => (await a.CertificateAsync()).Serial))).Distinct());
        Service.Time.Advance(TimeSpan.FromHours(25));
        await PromoteAsync(endorsement).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.EndorsementRefused);
    }

    [SkippableFact]
    public async Task Whom_an_administrator_turns_away_is_told_why_and_has_to_be_paired_anew()
    {
        var (turnedAway, anew) = (Endorse(), Endorse());
        await WaitsAsync(turnedAway);
        (await Service.Admin.TurnAwayAsync(New.Id.ToString()[..8], new TurnAway(Reason: "nobody knows it"), default)).Value();

        Assert.Contains("was turned away by an administrator (nobody knows it)", await RefusedAsync(turnedAway), StringComparison.Ordinal);
        Assert.Empty(await WaitingAsync());
        Assert.Equal(
            new AuditAct.PromotionTurnedAway("alice", New.Id.ToString(), "Alice's tablet", Sponsor.Id.ToString(), "nobody knows it"),
            (await Service.Admin.ShowAuditAsync(1, default)).Value().Lines.Single().Act);
        Assert.IsType<Outcome<Promoted>.Refused>(await Service.Admin.AdmitDeviceAsync(New.Id.ToString(), new(), default));

        await WaitsAsync(anew);
        Assert.Contains("was turned away", await RefusedAsync(turnedAway), StringComparison.Ordinal);
        // A yes, too, can be taken back before it was used.
        await AdmitAsync(New.Id.ToString());
        (await Service.Admin.TurnAwayAsync(New.Id.ToString(), new(), default)).Value();
        Assert.Contains("was turned away", await RefusedAsync(anew), StringComparison.Ordinal);

        // After that neither counts for anything, and neither is kept.
        Service.Time.Advance(TimeSpan.FromDays(38));
        await WaitsAsync(Endorse());
        (await Service.Admin.TurnAwayAsync(New.Id.ToString(), new(), default)).Value();
        Assert.Equal(1, await Service.Core.Store.ReadAsync(db => Task.FromResult(db.Endorsements.Count())));
    }

    [SkippableFact]
    public async Task A_yes_is_to_what_was_shown_and_to_nothing_else()
    {
        var (first, second) = (Endorse(), Endorse());
        await WaitsAsync(first);
        await AdmitAsync(New.Id.ToString());
        await WaitsAsync(second);
        Assert.Equal("waiting", Assert.Single(await WaitingAsync()).State);
        await WaitsAsync(first);
    }

    [SkippableTheory]
    [InlineData("revoked sponsor", "which was revoked")]
    [InlineData("withdrawn", "No device that waits")]
    [InlineData("old", "is good for 30 days")]
    [InlineData("full", "the 1 devices it may have")]
    [InlineData("revoked", "cannot be registered again")]
    [InlineData("used", "No device that waits")]
    public async Task What_holds_without_a_yes_holds_when_it_is_said(string happened, string said)
    {
        var endorsement = Endorse();
        await WaitsAsync(endorsement);
        await HappenAsync(happened, endorsement);
        var refused = Assert.IsType<Outcome<Promoted>.Refused>(await Service.Admin.AdmitDeviceAsync(New.Id.ToString(), new(), default));
        Assert.Contains(said, refused.Refusal.Detail, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("revoked sponsor", RegistrationProblems.EndorsementRefused)]
    [InlineData("withdrawn", RegistrationProblems.EndorsementRefused)]
    [InlineData("old", RegistrationProblems.EndorsementRefused)]
    [InlineData("full", RegistrationProblems.QuotaExceeded)]
    [InlineData("revoked", RegistrationProblems.DeviceRevoked)]
    public async Task What_holds_without_a_yes_holds_after_it(string happened, string problem)
    {
        var endorsement = Endorse();
        await WaitsAsync(endorsement);
        await AdmitAsync(New.Id.ToString());
        await HappenAsync(happened, endorsement);
        await PromoteAsync(endorsement).RefusedAsync(HttpStatusCode.Forbidden, problem);
    }

    [SkippableFact]
    public async Task Several_that_fit_are_named_and_an_account_tells_them_apart()
    {
        var bob = new TestDevice("bob");
        using var registered = await bob.RegisterAsync(Service.Http, await Service.TokenAsync("bob"));
        // One device that asks for two accounts.
        var twin = new TestDevice("bob", "Alice's tablet") { Key = New.Key };
        await twin.PromoteAsync(Service.Http, bob.Endorse(await registered.CertificateAsync(), twin, Service.Time.GetUtcNow())).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.PromotionWaiting);
        await WaitsAsync(Endorse());

        foreach (var which in new[] { New.Id.ToString(), New.Id.ToString()[..6], "Alice's tablet" })
        {
            var refused = Assert.IsType<Outcome<Promoted>.Refused>(await Service.Admin.AdmitDeviceAsync(which, new(), default));
            Assert.Contains("of alice", refused.Refusal.Detail, StringComparison.Ordinal);
            Assert.Contains("of bob", refused.Refusal.Detail, StringComparison.Ordinal);
        }
        foreach (var which in new[] { "", "nobody", "%" })
            Assert.Contains("No device that waits", Assert.IsType<Outcome<Promoted>.Refused>(await Service.Admin.AdmitDeviceAsync(which, new(), default)).Refusal.Detail, StringComparison.Ordinal);
        Assert.Equal("bob", (await Service.Admin.AdmitDeviceAsync(New.Id.ToString(), new("bob"), default)).Value().AccountId);
        await WaitsAsync(Endorse());
    }
}
