using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Issuing;

/// <summary>A device that a registered one has paired is registered on its word.</summary>
public class EndorsementTests : IAsyncLifetime
{
    private readonly TestDevice _sponsor = new(), _new = new(name: "Alice's tablet");
    private TestService _service = null!;
    private DeviceCertificate _sponsors = null!;

    protected virtual bool OnPostgres => false;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync(onPostgres: OnPostgres);
        using var response = await _sponsor.RegisterAsync(_service.Http, await _service.TokenAsync());
        _sponsors = await response.CertificateAsync();
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_paired_device_gets_a_certificate_of_its_own_and_the_log_says_on_whose_word()
    {
        using var response = await PromoteAsync(Endorse());

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var certificate = await response.CertificateAsync();
        Assert.Equal((_new.Id, 2UL, "Alice's tablet", false), (certificate.DeviceId, certificate.DeviceNo, certificate.Name, certificate.IsProvisional));
        Assert.True(certificate.IsVouchedFor(_service.Core.Trust));
        var line = (await _service.Admin.ShowAuditAsync(1, default)).Value().Lines.Single();
        Assert.Equal($"sponsor:{_sponsor.Id}", line.By);
        Assert.True((await _service.Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    [SkippableFact]
    public async Task An_endorsement_counts_once_and_a_lost_answer_is_given_again()
    {
        var endorsement = Endorse();
        using var first = await PromoteAsync(endorsement);
        using var again = await PromoteAsync(endorsement);
        Assert.Equal((await first.CertificateAsync()).Serial, (await again.CertificateAsync()).Serial);

        _service.Time.Advance(TimeSpan.FromHours(25));
        Assert.Contains("was used already", await RefusedAsync(endorsement), StringComparison.Ordinal);
        Assert.Equal(2, await _service.Core.Store.ReadAsync(db => db.CurrentAsync(CounterRow.DeviceNo, default)));
    }

    [SkippableFact]
    public async Task Of_many_that_show_it_at_once_all_are_told_of_one_registration()
    {
        var endorsement = Endorse();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PromoteAsync(endorsement)));
        var serials = await Task.WhenAll(answers.Select(async a => (await a.CertificateAsync()).Serial));
        Assert.Single(serials.Distinct());
        foreach (var answer in answers)
            answer.Dispose();
    }

    [SkippableTheory]
    [InlineData(31, "is good for 30 days")]
    [InlineData(-1, "one of the two clocks is wrong")]
    public async Task One_that_is_too_old_or_of_a_time_to_come_is_refused(int daysAgo, string said)
    {
        var endorsement = Endorse(daysAgo: -Math.Min(daysAgo, 0));
        if (daysAgo > 0)
            _service.Time.Advance(TimeSpan.FromDays(daysAgo));
        Assert.Contains(said, await RefusedAsync(endorsement), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task It_counts_after_the_provisional_certificate_has_expired()
    {
        var endorsement = Endorse();
        _service.Time.Advance(TimeSpan.FromDays(29));
        using var response = await PromoteAsync(endorsement);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [SkippableFact]
    public async Task A_revoked_sponsors_word_counts_for_nothing_whatever_its_time()
    {
        var endorsement = Endorse(daysAgo: 3);
        (await _service.Admin.RevokeDeviceAsync(_sponsor.Id.ToString(), new AdministrationMessages.RevokeDevice(), default)).Value();
        Assert.Contains("which was revoked", await RefusedAsync(endorsement), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_sponsor_whose_certificate_has_expired_vouches_for_nobody_by_its_own_clock()
    {
        _service.Time.Advance(TimeSpan.FromDays(366));
        Assert.Contains("whose certificate has expired", await RefusedAsync(Endorse(daysAgo: -3)), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_is_no_endorsement_for_this_device_is_refused_by_name()
    {
        var stranger = new TestDevice();
        Assert.Contains("is for another device", await RefusedAsync(Endorse(stranger.Key.PublicKey)), StringComparison.Ordinal);
        Assert.Contains("is a certificate that no device has given", await RefusedAsync(_sponsors), StringComparison.Ordinal);
        // Signed by another than the sponsor that it names.
        Assert.Contains("not given by a device of this organisation", await RefusedAsync(
            DeviceCertificate.Sponsored(stranger.Key, _sponsors, 7, _new.Key.PublicKey, _new.Name, ProvisionalScope.Account, _service.Time.GetUtcNow(), TimeSpan.FromDays(7))), StringComparison.Ordinal);
        await PostAsync("no certificate").RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.EndorsementRefused);
        // The new device proves its key as at any registration.
        await TestDevice.PostAsync(_service.Http, RegistrationPaths.Promote, new RegistrationMessages.PromoteRequest(
                _new.Request(_new.Proof(await TestDevice.NonceAsync(_service.Http), signer: stranger.Key)), Endorse().Blob.ToText()))
            .RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.KeyNotProven);
    }

    [SkippableFact]
    public async Task The_quota_counts_and_a_service_may_take_no_endorsements()
    {
        (await _service.Admin.SetQuotaAsync(AccountId.Parse("alice"), new AdministrationMessages.SetQuota(1), default)).Value();
        await PostAsync(Endorse().Blob.ToText()).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.QuotaExceeded);
        (await _service.Admin.SetQuotaAsync(AccountId.Parse("alice"), new AdministrationMessages.SetQuota(2), default)).Value();

        _service = await _service.RestartAsync(o => o with { Promotion = PromotionPolicy.Never });
        Assert.Contains("on another's word", await RefusedAsync(Endorse()), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_its_sponsor_took_back_counts_for_nothing_and_the_log_says_so()
    {
        var endorsement = Endorse();
        foreach (var _ in new[] { 1, 2 })
        {
            using var taken = await WithdrawAsync(endorsement);
            Assert.Null((await taken.ReadAsync<RegistrationMessages.WithdrawResponse>()).RegisteredAs);
        }
        Assert.Contains("was taken back", await RefusedAsync(endorsement), StringComparison.Ordinal);
        var line = (await _service.Admin.ShowAuditAsync(1, default)).Value().Lines.Single();
        Assert.Equal(new AuditAct.EndorsementWithdrawn("alice", _sponsor.Id.ToString(), endorsement.PayloadSha256), line.Act);

        // What the sponsor gives anew is another certificate.
        using var response = await PromoteAsync(Endorse());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [SkippableFact]
    public async Task What_is_taken_back_too_late_is_answered_with_whom_it_registered()
    {
        var endorsement = Endorse();
        using (await PromoteAsync(endorsement)) { }
        using var taken = await WithdrawAsync(endorsement);
        Assert.Equal(_new.Id.ToString(), (await taken.ReadAsync<RegistrationMessages.WithdrawResponse>()).RegisteredAs);
    }

    [SkippableFact]
    public async Task Nobody_else_takes_it_back_and_no_sponsor_fills_the_database()
    {
        var (endorsement, stranger) = (Endorse(), new TestDevice());
        await PostWithdrawalAsync(Withdrawal.Create(stranger.Key, _sponsors, endorsement.PayloadSha256, endorsement.ExpiresAt).Blob.ToText())
            .RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.EndorsementRefused);
        // Another registered device has met the new one, and knows its certificate.
        using var registered = await stranger.RegisterAsync(_service.Http, await _service.TokenAsync());
        using var others = await PostWithdrawalAsync(Withdrawal.Create(
            stranger.Key, await registered.CertificateAsync(), endorsement.PayloadSha256, endorsement.ExpiresAt).Blob.ToText());
        Assert.Equal(HttpStatusCode.OK, others.StatusCode);
        using var promoted = await PromoteAsync(endorsement);
        Assert.Equal(HttpStatusCode.Created, promoted.StatusCode);

        endorsement = Endorse();
        await PostWithdrawalAsync("nothing").RefusedAsync(HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody);
        for (var i = 0; i < Withdrawal.Most; i++)
        {
            using var taken = await WithdrawAsync(Endorse());
            Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        }
        await WithdrawAsync(endorsement).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.EndorsementRefused);

        // Those of long ago are of no use, and make room.
        _service.Time.Advance(TimeSpan.FromDays(38));
        using var later = await WithdrawAsync(Endorse());
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        Assert.Equal(3, await _service.Core.Store.ReadAsync(db => Task.FromResult(db.Endorsements.Count())));
    }

    [SkippableFact]
    public async Task A_paired_device_that_is_revoked_without_being_registered_is_in_the_list_by_its_id_and_registers_no_more()
    {
        Assert.IsType<Outcome<AdministrationMessages.DeviceRevoked>.Refused>(await _service.Admin.RevokeDeviceAsync(_new.Id.ToString(), new("lost"), default));
        var before = (await RevocationListClient.GetAsync(_service)).List;
        foreach (var _ in new[] { 1, 2 })
            Assert.Equal(2UL, (await _service.Admin.RevokeDeviceAsync(_new.Id.ToString(), new("lost", Paired: true), default)).Value().CrlVersion);

        var endorsement = Endorse();
        var list = (await RevocationListClient.GetAsync(_service)).List;
        Assert.True(list.Revokes(endorsement));
        Assert.Equal(1, list.Count);
        await PostAsync(endorsement.Blob.ToText()).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.DeviceRevoked);
        await _new.RegisterAsync(_service.Http, await _service.TokenAsync()).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.DeviceRevoked);
        Assert.True((await _service.Admin.VerifyAuditAsync(default)).Value().Holds);
        // A delta has it, too, and a device that is registered is revoked beside it.
        using var delta = await _service.Http.GetAsync(new Uri($"{RegistrationPaths.RevocationDelta}?from=1", UriKind.Relative));
        Assert.Equal(list.Blob, RevocationDelta.Parse((await delta.ReadAsync<RegistrationMessages.RevocationDeltaResponse>()).Delta).ApplyTo(before, _service.Core.Trust).Blob);
        (await _service.Admin.RevokeDeviceAsync(_sponsor.Id.ToString(), new(), default)).Value();
        Assert.Equal(2, (await RevocationListClient.GetAsync(_service)).List.Count);

        // Nothing that it was given counts any more after that.
        _service.Time.Advance(TimeSpan.FromDays(38));
        await _service.Core.Lists.RenewAsync(default);
        Assert.Equal(1, (await RevocationListClient.GetAsync(_service)).List.Count);
    }

    private Task<HttpResponseMessage> WithdrawAsync(DeviceCertificate endorsement) =>
        PostWithdrawalAsync(Withdrawal.Create(_sponsor.Key, _sponsors, endorsement.PayloadSha256, endorsement.ExpiresAt).Blob.ToText());

    private Task<HttpResponseMessage> PostWithdrawalAsync(string withdrawal) =>
        TestDevice.PostAsync(_service.Http, RegistrationPaths.Withdraw, new RegistrationMessages.WithdrawRequest(withdrawal));

    private DeviceCertificate Endorse(PublicKey? key = null, int daysAgo = 0) => DeviceCertificate.Sponsored(
        _sponsor.Key, _sponsors, (ulong)Random.Shared.NextInt64(), key ?? _new.Key.PublicKey, _new.Name, ProvisionalScope.Account,
        _service.Time.GetUtcNow().AddDays(daysAgo), TimeSpan.FromDays(7));

    private Task<HttpResponseMessage> PromoteAsync(DeviceCertificate endorsement) => PostAsync(endorsement.Blob.ToText());

    private async Task<HttpResponseMessage> PostAsync(string endorsement) => await TestDevice.PostAsync(
        _service.Http, RegistrationPaths.Promote,
        new RegistrationMessages.PromoteRequest(_new.Request(_new.Proof(await TestDevice.NonceAsync(_service.Http))), endorsement));

    private async Task<string> RefusedAsync(DeviceCertificate endorsement)
    {
        using var response = await PromoteAsync(endorsement);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.Forbidden, RegistrationProblems.EndorsementRefused), (response.StatusCode, await response.ProblemAsync()));
        return text;
    }
}
