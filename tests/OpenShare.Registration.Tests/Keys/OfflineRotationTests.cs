using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Keys.Offline;
using OpenShare.Registration.Tests.Support;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Tests.Keys;

/// <summary>The root key moves to a machine that is never online, and signs there what the service asks for. Devices follow as they always do.</summary>
public class OfflineRotationTests : IAsyncLifetime
{
    private readonly SigningKey _offline = SigningKey.Create(new SystemRandom());
    private readonly TestDevice _device = new();
    private TestService _service = null!;
    private TrustChain _held = null!;

    protected virtual bool OnPostgres => false;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync(onPostgres: OnPostgres);
        using var response = await _device.RegisterAsync(_service.Http, await _service.TokenAsync());
        await response.CertificateAsync();
        _held = TrustChain.Of(_service.Core.Trust);
        _service.Time.Advance(TimeSpan.FromDays(30));
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [SkippableFact]
    public async Task The_root_key_goes_offline_and_devices_follow_what_it_signs_there()
    {
        var moved = await MoveAsync();
        Assert.Equal(("root", _offline.PublicKey.KeyId, 2u, true, null), (moved.Role, moved.KeyId, moved.TrustRootVersion, moved.Withdrawn, moved.NotRemoved));

        _service.Time.Advance(TimeSpan.FromDays(100));
        var request = await RequestAsync("issuing");
        _service.Time.Advance(TimeSpan.FromDays(3));
        // Meanwhile the key before signs, and what it signs stays good.
        var meanwhile = await RenewedAsync();
        var installed = await InstallAsync(Signed(request));

        var trust = await FollowedAsync();
        Assert.Equal((3u, true), (trust.Version, meanwhile.IsVouchedFor(trust)));
        var renewed = await RenewedAsync();
        Assert.Equal((installed.KeyId, true), (renewed.Blob.KeyId, renewed.IsVouchedFor(trust)));
        await HoldsAsync();
    }

    [SkippableTheory]
    [InlineData("issuing", true)]
    [InlineData("crl", true)]
    public async Task Each_key_is_exchanged_by_a_root_key_that_is_offline(string role, bool withdraw)
    {
        await MoveAsync();
        (await _service.Admin.RevokeDeviceAsync(_device.Id.ToString(), new("lost"), default)).Value();
        var installed = await InstallAsync(Signed(await RequestAsync(role, withdraw)));

        Assert.Equal((role, withdraw), (installed.Role, installed.Withdrawn));
        Assert.Equal(!withdraw, (await FollowedAsync()).Keys.Any(k => k.Key.KeyId == installed.Replaced));
        var (list, _) = await RevocationListClient.GetAsync(_service);
        Assert.Equal(role == "crl", list.Blob.KeyId == installed.KeyId);
        Assert.NotNull(Protocol.Revocation.RevocationList.Read(list.Blob, await FollowedAsync()));
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task Whoever_takes_the_services_keys_after_the_move_makes_no_trust_root_that_a_device_accepts()
    {
        // Of two root keys, and one that a rotation was cut short after.
        (await _service.Admin.RotateKeyAsync(new("root"), default)).Value();
        var unlisted = _service.Core.Keys.Add(TrustKey.Types.Role.Root, _service.Core.Random).PublicKey;
        var before = Stolen();
        Assert.Equal(2u, Forge(before, _held).Newest.Version);

        await MoveAsync();
        var after = Stolen();
        Assert.Equal(unlisted, Assert.Single(after, k => k.Role == TrustKey.Types.Role.Root).Key.PublicKey);
        // A device that was off since before the first rotation, or since before the move, and one that knows of it.
        foreach (var known in (int[])[1, 2, 3])
        {
            var device = TrustChain.Read([.. _service.Core.Organisation.Chain.Roots.Take(known).Select(r => r.Link)]);
            Assert.Equal((uint)known, device.Newest.Version);
            Assert.Throws<ProtocolException>(() => Forge(after, device));
        }

        IReadOnlyList<RoleKey> Stolen() => SealedKeys.FromJson(File.ReadAllBytes(_service.Data.SigningKeys))
            .Open(File.ReadAllBytes(_service.Data.SigningKeyPassphrase).AsSpan().TrimEnd("\n"u8))!;

        // With every stolen key, under a root key of the thief's own.
        TrustChain Forge(IReadOnlyList<RoleKey> stolen, TrustChain device)
        {
            using var own = SigningKey.Create(new SystemRandom());
            // As old as it may be: keys that have ended since were good then.
            var at = device.Newest.IssuedAt;
            var listed = device.Newest.Keys.Append(new TrustedKey(TrustKey.Types.Role.Root, own.PublicKey, at, at.AddYears(1)));
            return device.Follow([device.Newest.Draft(listed, at).SignedBy([own, .. stolen.Select(k => k.Key)]).Link]);
        }
    }

    [SkippableFact]
    public async Task Without_a_request_it_is_said_what_to_do()
    {
        await MoveAsync();
        var refusal = Refused(await _service.Admin.RotateKeyAsync(new("issuing"), default));

        Assert.Equal(RegistrationProblems.RootOffline, refusal.Code);
        Assert.Contains("`key rotate --role issuing --request FILE`", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal("offline", Assert.Single((await KeysAsync()), k => k.Role == "root").State);
        Assert.Equal(2u, (await FollowedAsync()).Version);
    }

    [SkippableFact]
    public async Task A_pending_key_signs_nothing_and_outlives_a_restart()
    {
        await MoveAsync();
        var before = (await RenewedAsync()).Blob.KeyId;
        var request = await RequestAsync("issuing");
        var pending = KeyChange.Of(_service.Core.Trust, request.Open().Next).Added;
        _service = await _service.RestartAsync();

        Assert.Contains(_service.Core.Keys.Signers(TrustKey.Types.Role.Issuing), s => s.PublicKey.Equals(pending));
        Assert.Equal((before, 2u), ((await RenewedAsync()).Blob.KeyId, (await FollowedAsync()).Version));
        Assert.DoesNotContain(await KeysAsync(), k => k.KeyId == pending.KeyId);
        await InstallAsync(Signed(request));
        Assert.Equal(pending.KeyId, (await RenewedAsync()).Blob.KeyId);
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task A_root_key_that_a_crash_left_behind_is_gone_after_the_next_start()
    {
        var root = _service.Core.Keys.Signers(TrustKey.Types.Role.Root)[0].PublicKey;
        var stored = await File.ReadAllBytesAsync(_service.Data.SigningKeys);
        await MoveAsync();
        await File.WriteAllBytesAsync(_service.Data.SigningKeys, stored);
        _service.Core.Keys.Refresh();
        Assert.Equal("withdrawn", Assert.Single(await KeysAsync(), k => k.KeyId == root.KeyId).State);

        _service = await _service.RestartAsync();
        Assert.Empty(_service.Core.Keys.Signers(TrustKey.Types.Role.Root));
        Assert.DoesNotContain(await KeysAsync(), k => k.KeyId == root.KeyId);
    }

    [SkippableFact]
    public async Task One_offline_root_key_is_replaced_by_another_when_both_have_signed()
    {
        await MoveAsync();
        using var next = SigningKey.Create(new SystemRandom());
        var request = await RequestAsync("root", rootKey: next.PublicKey);
        RefusedWith("not signed by a root key of version 2", await TryInstallAsync(Signed(request, next)));
        RefusedWith("not signed by a root key of its own", await TryInstallAsync(Signed(request, _offline)));
        await InstallAsync(Signed(Signed(request, next), _offline));

        await InstallAsync(Signed(await RequestAsync("crl"), next));
        Assert.Equal(4u, (await FollowedAsync()).Version);
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task The_root_key_comes_back_to_the_service_when_the_one_offline_signs_that()
    {
        await MoveAsync();
        await InstallAsync(Signed(await RequestAsync("root")));
        (await _service.Admin.RotateKeyAsync(new("issuing"), default)).Value();

        Assert.Equal(4u, (await FollowedAsync()).Version);
        Assert.All((await KeysAsync()).Where(k => k.Role == "root"), k => Assert.Equal("signs", k.State));
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task Nothing_is_asked_of_a_root_key_that_is_here_or_for_what_it_is_not()
    {
        Assert.Contains("leave --request out", Refused(await _service.Admin.RequestRotationAsync(new("issuing"), default)).Detail, StringComparison.Ordinal);
        Assert.Contains("leave --request out", Refused(await _service.Admin.RequestRotationAsync(new("root"), default)).Detail, StringComparison.Ordinal);
        var key = Base64Url.Encode(_offline.PublicKey.Bytes);
        Assert.Contains("Only a root key", Refused(await _service.Admin.RequestRotationAsync(new("crl", RootKey: key), default)).Detail, StringComparison.Ordinal);
        Assert.Contains("issuing, crl or root", Refused(await _service.Admin.RequestRotationAsync(new("tls"), default)).Detail, StringComparison.Ordinal);
        foreach (var bad in (string[])["", "AAAA", key[..^1], key + "AA", "not a key"])
            Assert.Contains("`root create`", Refused(await _service.Admin.RequestRotationAsync(new("root", RootKey: bad), default)).Detail, StringComparison.Ordinal);
        var listed = Base64Url.Encode(_service.Core.Trust.Keys[^1].Key.Bytes);
        Assert.Contains("already", Refused(await _service.Admin.RequestRotationAsync(new("root", RootKey: listed), default)).Detail, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_answer_is_installed_once_and_in_time_and_to_the_last_request_alone()
    {
        await MoveAsync();
        RefusedWith("last request", await TryInstallAsync(Signed(new RootRequest(_service.Core.Trust, _service.Core.Trust.Draft(_service.Core.Trust.Keys, _service.Time.GetUtcNow())).ToFile())));
        var first = Signed(await RequestAsync("issuing"));
        var second = Signed(await RequestAsync("crl", withdraw: true));
        RefusedWith("last request", await TryInstallAsync(first));
        await InstallAsync(second);
        RefusedWith("version 3 is in force", await TryInstallAsync(second));
        RefusedWith("version 3 is in force", await TryInstallAsync(first));

        var late = Signed(await RequestAsync("issuing"));
        _service.Time.Advance(RootRequest.Patience + TimeSpan.FromMinutes(1));
        RefusedWith("was to be back", await TryInstallAsync(late));
        Assert.Equal(3u, (await FollowedAsync()).Version);
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task What_was_altered_or_is_signed_by_somebody_else_is_refused()
    {
        await MoveAsync();
        var request = await RequestAsync("issuing");
        using var wrong = SigningKey.Create(new SystemRandom());
        var (open, now) = (request.Open(), _service.Time.GetUtcNow());
        RefusedWith("not signed by a root key of version 2", await TryInstallAsync(request));
        RefusedWith("not signed by a root key of version 2", await TryInstallAsync(Signed(request, wrong)));
        // Of the same root key, over something else than was asked for.
        foreach (var next in (TrustRootDraft[])[
            open.Before.Draft(open.Before.Keys, now),
            open.Before.Draft(open.Next.Keys.Append(new TrustedKey(TrustKey.Types.Role.Root, wrong.PublicKey, now, now.AddYears(1))), now),
            open.Before.Draft(open.Next.Keys, now.AddSeconds(1))])
        {
            RefusedWith("something in it was altered", await TryInstallAsync(Signed((open with { Next = next }).ToFile())));
        }
        await using var other = await TestService.StartAsync();
        RefusedWith("another service", await TryInstallAsync(Signed(request with { Before = other.Core.Trust.ToText() })));
        foreach (var damaged in (RootRequestFile[])[request with { Format = "openshare/root-request/v2" }, request with { Next = "" }, request with { Before = "%" }, request with { Next = request.Next[..^8] }])
            Assert.Equal(RegistrationProblems.MalformedBody, Refused(await TryInstallAsync(damaged)).Code);
        Assert.Equal(2u, (await FollowedAsync()).Version);
        // The alarm is no false one: unaltered it is installed, and what else is in it reaches no device.
        await InstallAsync(Signed(Signed(request, wrong)));
        Assert.Equal(_offline.PublicKey.KeyId, Assert.Single((await FollowedAsync()).Link.Signatures).KeyId);
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task With_the_next_request_goes_the_key_that_was_made_for_the_one_before()
    {
        await MoveAsync();
        var before = Held();
        RootRequestFile request = null!;
        foreach (var role in (string[])["issuing", "issuing", "root", "crl", "crl"])
            request = await RequestAsync(role);
        var pending = KeyChange.Of(_service.Core.Trust, request.Open().Next).Added;
        Assert.Equal([.. before, pending], Held());

        Assert.Equal(pending.KeyId, (await InstallAsync(Signed(request))).KeyId);
        Assert.Equal([.. before, pending], Held());
        await HoldsAsync();

        PublicKey[] Held() => [.. OrganisationTrust.Roles.SelectMany(role => _service.Core.Keys.Signers(role)).Select(s => s.PublicKey)];
    }

    [SkippableFact]
    public async Task A_pending_key_that_is_no_longer_there_is_not_published()
    {
        await MoveAsync();
        var stored = await File.ReadAllBytesAsync(_service.Data.SigningKeys);
        var request = await RequestAsync("issuing");
        await File.WriteAllBytesAsync(_service.Data.SigningKeys, stored);
        _service.Core.Keys.Refresh();

        RefusedWith("any more", await TryInstallAsync(Signed(request)));
        Assert.Equal(2u, (await FollowedAsync()).Version);
    }

    private Task<KeyRotated> MoveAsync() => OfflineRoot.MoveAsync(_service, _offline);

    private Task<RootRequestFile> RequestAsync(string role, bool withdraw = false, PublicKey? rootKey = null) => OfflineRoot.RequestAsync(_service, role, withdraw, rootKey);

    private RootRequestFile Signed(RootRequestFile request, params SigningKey[] by) => request.SignedBy(by is [] ? [_offline] : by);

    private Task<Outcome<KeyRotated>> TryInstallAsync(RootRequestFile answer) => _service.Admin.InstallRotationAsync(answer, default);

    private async Task<KeyRotated> InstallAsync(RootRequestFile answer) => (await TryInstallAsync(answer)).Value();

    private static Refusal Refused<T>(Outcome<T> outcome) => Assert.IsType<Outcome<T>.Refused>(outcome).Refusal;

    private static void RefusedWith(string words, Outcome<KeyRotated> outcome)
    {
        Assert.Equal(RegistrationProblems.AnswerRefused, Refused(outcome).Code);
        Assert.Contains(words, Refused(outcome).Detail, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<Key>> KeysAsync() => (await _service.Admin.ListKeysAsync(default)).Value().Keys;

    // As a device does that holds the first version.
    private async Task<TrustRoot> FollowedAsync()
    {
        using var response = await _service.Http.GetAsync(new Uri(RegistrationPaths.TrustRoot, UriKind.Relative));
        var shown = await response.ReadAsync<RegistrationMessages.TrustRootResponse>();
        return _held.Follow([.. (shown.TrustChain ?? []).Append(shown.TrustRoot).Select(t => TrustRoot.Parse(t).Link)]).Newest;
    }

    private async Task<DeviceCertificate> RenewedAsync()
    {
        using var response = await _device.RenewAsync(_service.Http);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.CertificateAsync();
    }

    private async Task HoldsAsync() => Assert.Equal("", string.Join('\n', (await _service.Admin.VerifyAuditAsync(default)).Value().Problems));
}
