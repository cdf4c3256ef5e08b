using System.Net;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Keys;

/// <summary>Keys are exchanged while devices go on: they follow the trust root from the version they hold.</summary>
public class KeyRotationTests : IAsyncLifetime
{
    private readonly TestDevice _device = new();
    private TestService _service = null!;
    private TrustChain _held = null!;
    private DeviceCertificate _first = null!;

    protected virtual bool OnPostgres => false;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync(onPostgres: OnPostgres);
        using var response = await _device.RegisterAsync(_service.Http, await _service.TokenAsync());
        _first = await response.CertificateAsync();
        _held = TrustChain.Of(_service.Core.Trust);
        // A key that replaces another signs later than it.
        _service.Time.Advance(TimeSpan.FromDays(30));
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [SkippableFact]
    public async Task The_next_issuing_key_signs_and_what_the_one_before_signed_is_good_still()
    {
        var before = Issuing();
        var rotated = await RotateAsync("issuing");
        Assert.Equal((before, 2u, false), (rotated.Replaced, rotated.TrustRootVersion, rotated.Withdrawn));

        var trust = await FollowedAsync();
        Assert.True(_first.IsVouchedFor(trust));
        var renewed = await RenewedAsync();
        Assert.Equal((rotated.KeyId, true), (renewed.Blob.KeyId, renewed.IsVouchedFor(trust)));
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task The_key_before_it_signs_nothing_new_that_counts()
    {
        var before = _service.Core.Organisation.SignerFor(TrustKey.Types.Role.Issuing);
        await RotateAsync("issuing");
        var trust = await FollowedAsync();

        Assert.True(Stolen(_service.Time.GetUtcNow()).IsVouchedFor(trust));
        _service.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.False(Stolen(_service.Time.GetUtcNow()).IsVouchedFor(trust));

        DeviceCertificate Stolen(DateTimeOffset at) =>
            DeviceCertificate.Issue(before, 99, 99, _device.Key.PublicKey, AccountId.Parse("alice"), "stolen", at, TimeSpan.FromDays(1));
    }

    [SkippableFact]
    public async Task A_withdrawn_issuing_key_vouches_for_nothing_and_its_devices_renew()
    {
        var rotated = await RotateAsync("issuing", withdraw: true);
        var trust = await FollowedAsync();

        Assert.False(_first.IsVouchedFor(trust));
        using var response = await _device.RenewAsync(_service.Http);
        var answer = await response.ReadAsync<RegistrationMessages.RegisterResponse>();
        Assert.True(DeviceCertificate.Parse(answer.CertBlob).IsVouchedFor(trust));
        // Under the withdrawn one nobody would believe it.
        Assert.Equal(rotated.KeyId, DiscoveryKey.Parse(answer.DiscoveryKey!).VerifiedBy(trust, AccountId.Parse("alice")).Blob.KeyId);
        Assert.DoesNotContain((await KeysAsync()).Keys, k => k.KeyId == rotated.Replaced);
        await HoldsAsync();
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_another_list_key_the_list_is_signed_anew_at_once(bool withdraw)
    {
        (await _service.Admin.RevokeDeviceAsync(_device.Id.ToString(), new("lost"), default)).Value();
        var (before, _) = await RevocationListClient.GetAsync(_service);
        var rotated = await RotateAsync("crl", withdraw);

        var (after, _) = await RevocationListClient.GetAsync(_service);
        Assert.Equal((before.Version, rotated.KeyId), (after.Version, after.Blob.KeyId));
        Assert.True(after.IsNewerThan(before) && await _service.RevokesAsync(after, _device.Id));
        Assert.NotNull(RevocationList.Read(after.Blob, await FollowedAsync()));
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task Another_root_key_signs_the_next_version_with_the_one_before_it()
    {
        await RotateAsync("root", withdraw: true);
        await RotateAsync("issuing");
        await RotateAsync("crl", withdraw: true);

        Assert.Equal(4u, (await FollowedAsync()).Version);
        Assert.True((await RenewedAsync()).IsVouchedFor(await FollowedAsync()));
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task Tokens_from_before_a_rotation_and_from_after_it_both_lead_to_the_newest_keys()
    {
        var before = await _service.TokenAsync();
        await RotateAsync("issuing", withdraw: true);

        foreach (var token in (string[])[before, await _service.TokenAsync()])
        {
            var shown = await ShownAsync();
            var chain = (shown.TrustChain ?? []).Append(shown.TrustRoot).Select(TrustRoot.Parse).ToList();
            Assert.Contains(chain, r => r.Fingerprint.Span.SequenceEqual(RegistrationTokenText.Parse(token).TrustRootFingerprint.Span));
            using var response = await new TestDevice().RegisterAsync(_service.Http, token);
            Assert.True((await response.CertificateAsync()).IsVouchedFor(chain[^1]));
        }
    }

    [SkippableFact]
    public async Task The_rotated_keys_outlive_a_restart()
    {
        var rotated = await RotateAsync("issuing", withdraw: true);
        _service = await _service.RestartAsync();

        Assert.Equal(rotated.KeyId, (await RenewedAsync()).Blob.KeyId);
        Assert.Equal(2u, (await KeysAsync()).Version);
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task A_rotation_that_was_cut_short_after_its_key_was_kept_changes_nothing()
    {
        var before = Issuing();
        _service.Core.Keys.Add(TrustKey.Types.Role.Issuing, _service.Core.Random);
        Assert.Equal(before, Issuing());

        _service = await _service.RestartAsync();
        Assert.Equal(before, (await RenewedAsync()).Blob.KeyId);
        Assert.NotEqual(before, (await RotateAsync("issuing")).KeyId);
        await HoldsAsync();
    }

    [SkippableTheory]
    [InlineData(-60)]
    [InlineData(-3600)]
    public async Task With_a_clock_that_is_behind_the_newest_trust_root_no_key_is_made(int seconds)
    {
        await RotateAsync("issuing");
        var held = _service.Core.Keys.Signers(TrustKey.Types.Role.Root).Count;
        _service.Time.AdjustTime(_service.Time.GetUtcNow().AddSeconds(seconds));

        var refused = Assert.IsType<Outcome<AdministrationMessages.KeyRotated>.Refused>(await _service.Admin.RotateKeyAsync(new("root"), default)).Refusal;
        Assert.Contains("Set the clock.", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(held, _service.Core.Keys.Signers(TrustKey.Types.Role.Root).Count);
    }

    [SkippableFact]
    public async Task Rotations_at_once_follow_each_other()
    {
        var rotated = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => RotateAsync(n % 2 == 0 ? "issuing" : "crl")));

        Assert.Equal([2u, 3u, 4u, 5u], rotated.Select(r => r.TrustRootVersion).Order());
        Assert.Equal(5u, (await FollowedAsync()).Version);
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task Every_key_is_listed_with_what_becomes_of_it()
    {
        var rotated = await RotateAsync("crl");

        var keys = (await KeysAsync()).Keys;
        Assert.Equal(4, keys.Count);
        Assert.Equal("kept", Assert.Single(keys, k => k.KeyId == rotated.Replaced).State);
        Assert.Equal("signs", Assert.Single(keys, k => k.KeyId == rotated.KeyId).State);
    }

    [SkippableFact]
    public async Task There_are_only_so_many_keys_and_no_other_roles()
    {
        for (var n = 3; n < Limits.TrustKeys; n++)
            await RotateAsync("issuing");
        Assert.Contains("at most 32 keys", Refused(await _service.Admin.RotateKeyAsync(new("issuing"), default)), StringComparison.Ordinal);
        Assert.Contains("issuing, crl or root", Refused(await _service.Admin.RotateKeyAsync(new("tls"), default)), StringComparison.Ordinal);
        await HoldsAsync();

        static string Refused(Outcome<AdministrationMessages.KeyRotated> outcome) => Assert.IsType<Outcome<AdministrationMessages.KeyRotated>.Refused>(outcome).Refusal.Detail;
    }

    [SkippableFact]
    public async Task A_trust_root_that_nobody_tells_of_is_found()
    {
        var (core, now) = (_service.Core, _service.Time.GetUtcNow());
        var forged = core.Trust.Succeed(core.Trust.Keys, [core.Organisation.SignerFor(TrustKey.Types.Role.Root)], now);
        await core.Store.WriteAsync<bool>(db =>
        {
            db.TrustRoots.Add(new TrustRootRow { Version = forged.Version, Link = Google.Protobuf.MessageExtensions.ToByteArray(forged.Link) });
            return Task.FromResult<Outcome<bool>>(true);
        }, default);

        Assert.Contains("the newest is 2", Assert.Single((await _service.Admin.VerifyAuditAsync(default)).Value().Problems), StringComparison.Ordinal);
    }

    private string Issuing() => _service.Core.Organisation.SignerFor(TrustKey.Types.Role.Issuing).PublicKey.KeyId;

    private async Task<AdministrationMessages.KeyRotated> RotateAsync(string role, bool withdraw = false) =>
        (await _service.Admin.RotateKeyAsync(new(role, withdraw), default)).Value();

    private async Task<AdministrationMessages.KeyList> KeysAsync() => (await _service.Admin.ListKeysAsync(default)).Value();

    private async Task<RegistrationMessages.TrustRootResponse> ShownAsync()
    {
        using var response = await _service.Http.GetAsync(new Uri(RegistrationPaths.TrustRoot, UriKind.Relative));
        return await response.ReadAsync<RegistrationMessages.TrustRootResponse>();
    }

    // As a device does that holds the first version.
    private async Task<TrustRoot> FollowedAsync()
    {
        var shown = await ShownAsync();
        var links = (shown.TrustChain ?? []).Append(shown.TrustRoot).Select(t => TrustRoot.Parse(t).Link).ToList();
        var newest = _held.Follow(links).Newest;
        Assert.True(newest.Vouches(
            TrustKey.Types.Role.Issuing, SignedBlobs.Parse(shown.TlsEndpoint, "endpoint"), SignatureContext.TlsEndpoint, _service.Time.GetUtcNow()));
        return newest;
    }

    private async Task<DeviceCertificate> RenewedAsync()
    {
        using var response = await _device.RenewAsync(_service.Http);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.CertificateAsync();
    }

    private async Task HoldsAsync() => Assert.Equal("", string.Join('\n', (await _service.Admin.VerifyAuditAsync(default)).Value().Problems));
}
