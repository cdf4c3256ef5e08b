using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Tests.Issuing;

/// <summary>A service that asks registers a paired device once an administrator has said yes.</summary>
public class PromotionTests : IAsyncLifetime
{
    private readonly TestDevice _sponsor = new(), _new = new(name: "Alice's tablet");
    private TestService _service = null!;
    private DeviceCertificate _sponsors = null!;

    protected virtual bool OnPostgres => false;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync(Asks, onPostgres: OnPostgres);
        using var response = await _sponsor.RegisterAsync(_service.Http, await _service.TokenAsync());
        _sponsors = await response.CertificateAsync();
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_paired_device_waits_for_a_yes_and_is_registered_when_it_asks_next()
    {
        var endorsement = Endorse();
        await WaitsAsync(endorsement);
        var waiting = Assert.Single(await WaitingAsync());
        Assert.Equal(
            (_new.Id.ToString(), "alice", "Alice's tablet", _sponsor.Id.ToString(), "Alice's laptop", _service.Time.GetUtcNow(), "waiting"),
            (waiting.DeviceId, waiting.AccountId, waiting.Name, waiting.Sponsor, waiting.SponsorName, waiting.Since, waiting.State));
        Assert.Empty(await WaitingAsync("bob"));

        Assert.Equal(new Promoted(_new.Id.ToString(), "alice", "Alice's tablet", _sponsor.Id.ToString()), await AdmitAsync("Alice's tablet"));
        Assert.Equal("admitted", Assert.Single(await WaitingAsync()).State);
        using (var response = await PromoteAsync(endorsement))
            Assert.Equal((HttpStatusCode.Created, _new.Id), (response.StatusCode, (await response.CertificateAsync()).DeviceId));
        Assert.Empty(await WaitingAsync());

        var lines = (await _service.Admin.ShowAuditAsync(2, default)).Value().Lines;
        Assert.Equal(["owner", $"sponsor:{_sponsor.Id}"], lines.Select(l => l.By));
        Assert.Equal(new AuditAct.PromotionAdmitted("alice", _new.Id.ToString(), "Alice's tablet", _sponsor.Id.ToString()), lines[0].Act);
        Assert.True((await _service.Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    [SkippableFact]
    public async Task What_is_asked_and_answered_outlives_a_restart_and_is_kept_once()
    {
        var (endorsement, began) = (Endorse(), _service.Time.GetUtcNow());
        await WaitsAsync(endorsement);
        _service.Time.Advance(TimeSpan.FromDays(1));
        _service = await _service.RestartAsync(Asks);
        await WaitsAsync(endorsement);
        Assert.Equal(began, Assert.Single(await WaitingAsync()).Since);

        // Said twice it is logged once.
        var lines = await LinesAsync();
        await AdmitAsync(_new.Id.ToString());
        await AdmitAsync(_new.Id.ToString());
        Assert.Equal(lines + 1, await LinesAsync());
        _service = await _service.RestartAsync(Asks);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PromoteAsync(endorsement)));
        Assert.Single((await Task.WhenAll(answers.Select(async a => (await a.CertificateAsync()).Serial))).Distinct());
        _service.Time.Advance(TimeSpan.FromHours(25));
        await PromoteAsync(endorsement).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.EndorsementRefused);
    }

    [SkippableFact]
    public async Task Whom_an_administrator_turns_away_is_told_why_and_has_to_be_paired_anew()
    {
        var (turnedAway, anew) = (Endorse(), Endorse());
        await WaitsAsync(turnedAway);
        (await _service.Admin.TurnAwayAsync(_new.Id.ToString()[..8], new TurnAway(Reason: "nobody knows it"), default)).Value();

        Assert.Contains("was turned away by an administrator (nobody knows it)", await RefusedAsync(turnedAway), StringComparison.Ordinal);
        Assert.Empty(await WaitingAsync());
        Assert.Equal(
            new AuditAct.PromotionTurnedAway("alice", _new.Id.ToString(), "Alice's tablet", _sponsor.Id.ToString(), "nobody knows it"),
            (await _service.Admin.ShowAuditAsync(1, default)).Value().Lines.Single().Act);
        Assert.IsType<Outcome<Promoted>.Refused>(await _service.Admin.AdmitDeviceAsync(_new.Id.ToString(), new(), default));

        await WaitsAsync(anew);
        Assert.Contains("was turned away", await RefusedAsync(turnedAway), StringComparison.Ordinal);
        // A yes, too, can be taken back before it was used.
        await AdmitAsync(_new.Id.ToString());
        (await _service.Admin.TurnAwayAsync(_new.Id.ToString(), new(), default)).Value();
        Assert.Contains("was turned away", await RefusedAsync(anew), StringComparison.Ordinal);

        // After that neither counts for anything, and neither is kept.
        _service.Time.Advance(TimeSpan.FromDays(38));
        await WaitsAsync(Endorse());
        (await _service.Admin.TurnAwayAsync(_new.Id.ToString(), new(), default)).Value();
        Assert.Equal(1, await _service.Core.Store.ReadAsync(db => Task.FromResult(db.Endorsements.Count())));
    }

    [SkippableFact]
    public async Task A_yes_is_to_what_was_shown_and_to_nothing_else()
    {
        var (first, second) = (Endorse(), Endorse());
        await WaitsAsync(first);
        await AdmitAsync(_new.Id.ToString());
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
        var refused = Assert.IsType<Outcome<Promoted>.Refused>(await _service.Admin.AdmitDeviceAsync(_new.Id.ToString(), new(), default));
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
        await AdmitAsync(_new.Id.ToString());
        await HappenAsync(happened, endorsement);
        await PromoteAsync(endorsement).RefusedAsync(HttpStatusCode.Forbidden, problem);
    }

    [SkippableTheory]
    [InlineData("revoked sponsor")]
    [InlineData("withdrawn")]
    [InlineData("old")]
    [InlineData("revoked")]
    public async Task Who_can_come_to_nothing_any_more_is_not_shown_and_takes_up_no_room(string happened)
    {
        var (endorsement, another) = (Endorse(), new TestDevice("bob"));
        var bob = new TestDevice("bob");
        DeviceCertificate bobs;
        using (var response = await bob.RegisterAsync(_service.Http, await _service.TokenAsync("bob")))
            bobs = await response.CertificateAsync();
        await WaitsAsync(endorsement);
        await HappenAsync(happened, endorsement);
        Assert.Empty(await WaitingAsync());
        await another.PromoteAsync(_service.Http, bob.Endorse(bobs, another, _service.Time.GetUtcNow())).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.PromotionWaiting);
        Assert.Equal(1, await _service.Core.Store.ReadAsync(db => Task.FromResult(db.Promotions.Count())));
    }

    [SkippableFact]
    public async Task An_account_has_so_many_that_wait_also_of_those_that_ask_at_once()
    {
        for (var i = 0; i < PromotionQueue.MostOfAccount - 10; i++)
            await AskAsync(new TestDevice());
        await WaitsAsync(Endorse());
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => AskAsync(new TestDevice())));
        Assert.Equal(9, answers.Count(a => a == RegistrationProblems.PromotionWaiting));
        Assert.Equal(21, answers.Count(a => a == RegistrationProblems.TooManyRequests));
        Assert.Equal(PromotionQueue.MostOfAccount, (await WaitingAsync()).Count);

        // Whoever waits goes on waiting, with what it was paired with anew, too.
        await WaitsAsync(Endorse());
        (await _service.Admin.TurnAwayAsync(_new.Id.ToString(), new(), default)).Value();
        Assert.Equal(RegistrationProblems.PromotionWaiting, await AskAsync(new TestDevice()));
    }

    [SkippableFact]
    public async Task All_accounts_together_have_so_many_that_wait()
    {
        var until = _service.Time.GetUtcNow().AddDays(30);
        await _service.Core.Store.WriteAsync<int>(async db =>
        {
            for (var i = 0; i < PromotionQueue.Most; i++)
            {
                var account = $"account-{i / 100}";
                if (i % 100 == 0)
                    db.Accounts.Add(new AccountRow { Name = account, DiscoveryKey = [] });
                db.Promotions.Add(new PromotionRow
                {
                    Account = account, DeviceId = $"{i:x32}", Name = "phone", SponsorNo = 1, Endorsement = [], Hash = [], AskedAt = until.AddDays(-30), ExpiresAt = until,
                });
            }
            await db.SaveChangesAsync();
            return 1;
        }, default);
        await PromoteAsync(Endorse()).RefusedAsync(HttpStatusCode.TooManyRequests, RegistrationProblems.TooManyRequests);
        _service.Time.Advance(TimeSpan.FromDays(31));
        await WaitsAsync(Endorse());
        Assert.Equal(1, await _service.Core.Store.ReadAsync(db => Task.FromResult(db.Promotions.Count())));
    }

    [SkippableFact]
    public async Task No_endorsement_is_kept_that_is_longer_than_one_with_the_longest_names()
    {
        var name = new string('é', Limits.DeviceName);
        var (sponsor, device) = (new TestDevice(new string('a', Limits.AccountName), name), new TestDevice(new string('a', Limits.AccountName), name));
        using var registered = await sponsor.RegisterAsync(_service.Http, await _service.TokenAsync(sponsor.Account));
        var longest = sponsor.Endorse(await registered.CertificateAsync(), device, _service.Time.GetUtcNow());
        await device.PromoteAsync(_service.Http, longest).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.PromotionWaiting);

        // A field that nobody knows.
        var payload = Endorse().Blob.Payload.ToByteArray().Concat((byte[])[0xfa, 0x07, 0x80, 0x20]).Concat(new byte[4096]).ToArray();
        var padded = DeviceCertificate.Read(SignedBlobs.Sign(_sponsor.Key, SignatureContext.Provisional, payload));
        Assert.Contains("none that a device gives has more", await RefusedAsync(padded), StringComparison.Ordinal);
        Assert.Single(await WaitingAsync());
    }

    [SkippableFact]
    public async Task Several_that_fit_are_named_and_an_account_tells_them_apart()
    {
        var bob = new TestDevice("bob");
        using var registered = await bob.RegisterAsync(_service.Http, await _service.TokenAsync("bob"));
        // One device that asks for two accounts.
        var twin = new TestDevice("bob", "Alice's tablet") { Key = _new.Key };
        await twin.PromoteAsync(_service.Http, bob.Endorse(await registered.CertificateAsync(), twin, _service.Time.GetUtcNow())).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.PromotionWaiting);
        await WaitsAsync(Endorse());

        foreach (var which in new[] { _new.Id.ToString(), _new.Id.ToString()[..6], "Alice's tablet" })
        {
            var refused = Assert.IsType<Outcome<Promoted>.Refused>(await _service.Admin.AdmitDeviceAsync(which, new(), default));
            Assert.Contains("of alice", refused.Refusal.Detail, StringComparison.Ordinal);
            Assert.Contains("of bob", refused.Refusal.Detail, StringComparison.Ordinal);
        }
        foreach (var which in new[] { "", "nobody", "%" })
            Assert.Contains("No device that waits", Assert.IsType<Outcome<Promoted>.Refused>(await _service.Admin.AdmitDeviceAsync(which, new(), default)).Refusal.Detail, StringComparison.Ordinal);
        Assert.Equal("bob", (await _service.Admin.AdmitDeviceAsync(_new.Id.ToString(), new("bob"), default)).Value().AccountId);
        await WaitsAsync(Endorse());
    }

    [SkippableFact]
    public async Task A_device_that_shows_nothing_good_is_not_kept()
    {
        await _new.PromoteAsync(_service.Http, _sponsor.Endorse(_sponsors, new TestDevice(), _service.Time.GetUtcNow()))
            .RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.EndorsementRefused);
        await TestDevice.PostAsync(_service.Http, RegistrationPaths.Promote, new RegistrationMessages.PromoteRequest(
                _new.Request(_new.Proof(await TestDevice.NonceAsync(_service.Http), signer: _sponsor.Key)), Endorse().Blob.ToText()))
            .RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.KeyNotProven);
        Assert.Empty(await WaitingAsync());
    }

    private static RegistrationOptions Asks(RegistrationOptions options) => options with { Promotion = PromotionPolicy.Ask };

    private DeviceCertificate Endorse() => _sponsor.Endorse(_sponsors, _new, _service.Time.GetUtcNow());

    private Task<HttpResponseMessage> PromoteAsync(DeviceCertificate endorsement) => _new.PromoteAsync(_service.Http, endorsement);

    private Task WaitsAsync(DeviceCertificate endorsement) => PromoteAsync(endorsement).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.PromotionWaiting);

    private async Task<string> AskAsync(TestDevice device)
    {
        using var response = await device.PromoteAsync(_service.Http, _sponsor.Endorse(_sponsors, device, _service.Time.GetUtcNow()));
        return await response.ProblemAsync();
    }

    private async Task<string> RefusedAsync(DeviceCertificate endorsement)
    {
        using var response = await PromoteAsync(endorsement);
        Assert.Equal((HttpStatusCode.Forbidden, RegistrationProblems.EndorsementRefused), (response.StatusCode, await response.ProblemAsync()));
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<IReadOnlyList<Promotion>> WaitingAsync(string? account = null) =>
        (await _service.Admin.ListPromotionsAsync(account is null ? null : AccountId.Parse(account), default)).Value().Promotions;

    private async Task<Promoted> AdmitAsync(string which) => (await _service.Admin.AdmitDeviceAsync(which, new(), default)).Value();

    private Task<long> LinesAsync() => _service.Core.Store.ReadAsync(db => db.CurrentAsync(CounterRow.AuditLine, default));

    private async Task HappenAsync(string what, DeviceCertificate endorsement)
    {
        switch (what)
        {
            case "revoked sponsor":
                (await _service.Admin.RevokeDeviceAsync(_sponsor.Id.ToString(), new(), default)).Value();
                break;
            case "withdrawn":
                using (var taken = await TestDevice.PostAsync(_service.Http, RegistrationPaths.Withdraw, new RegistrationMessages.WithdrawRequest(
                    Withdrawal.Create(_sponsor.Key, _sponsors, endorsement.PayloadSha256, endorsement.ExpiresAt).Blob.ToText())))
                    Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
                break;
            case "old":
                _service.Time.Advance(TimeSpan.FromDays(30) + TimeSpan.FromSeconds(2));
                break;
            case "full":
                (await _service.Admin.SetQuotaAsync(AccountId.Parse("alice"), new SetQuota(1), default)).Value();
                break;
            case "revoked":
                (await _service.Admin.RevokeDeviceAsync(_new.Id.ToString(), new(Paired: true), default)).Value();
                break;
            case "used":
                _service = await _service.RestartAsync(o => o with { Promotion = PromotionPolicy.Always });
                using (var response = await PromoteAsync(endorsement))
                    Assert.Equal(HttpStatusCode.Created, response.StatusCode);
                break;
        }
    }
}
