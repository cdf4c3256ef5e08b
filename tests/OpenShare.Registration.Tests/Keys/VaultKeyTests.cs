using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Keys.Vault;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Keys;

/// <summary>Signing keys in Vault's transit engine, which is a fake that follows its API.</summary>
public sealed class VaultKeyTests : IAsyncLifetime
{
    private FakeVault _vault = null!;

    public async Task InitializeAsync() => _vault = await FakeVault.StartAsync();

    public async Task DisposeAsync() => await _vault.DisposeAsync();

    [Fact]
    public async Task The_first_run_makes_its_keys_in_Vault_and_later_ones_find_them()
    {
        var service = await StartAsync();
        await using var _ = service;
        var device = new TestDevice();
        using (var registered = await device.RegisterAsync(service.Http, await service.TokenAsync()))
            Assert.True((await registered.CertificateAsync()).IsVouchedFor(service.Core.Trust));
        Assert.False(File.Exists(service.Data.SigningKeys));

        await using var again = await service.RestartAsync();
        using var renewed = await device.RenewAsync(again.Http);
        Assert.True((await renewed.CertificateAsync()).IsVouchedFor(again.Core.Trust));
        Assert.All((await again.Admin.ListKeysAsync(default)).Value().Keys, k => Assert.Equal(("signs", again.Core.Keys.Place), (k.State, k.Place)));
        Assert.StartsWith("Vault at 127.0.0.1:", again.Core.Keys.Place, StringComparison.Ordinal);
        Assert.All(_vault.Keys.Values, k => Assert.Equal(("ed25519", false, false), (k.Type, k.Exportable, k.AllowPlaintextBackup)));
        Assert.True((await again.Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    [Fact]
    public async Task A_rotation_makes_the_next_version_and_a_withdrawn_root_key_is_trimmed_away()
    {
        await using var service = await StartAsync();
        service.Time.Advance(TimeSpan.FromDays(30));
        foreach (var role in (string[])["issuing", "crl", "root"])
            (await service.Admin.RotateKeyAsync(new(role, Withdraw: true), default)).Value();

        Assert.Equal(4u, service.Core.Trust.Version);
        Assert.Equal([1, 2], _vault.Keys["openshare-issuing"].Versions.Keys.Order());
        Assert.Equal([2], _vault.Keys["openshare-root"].Versions.Keys);
        using var response = await new TestDevice().RegisterAsync(service.Http, await service.TokenAsync());
        Assert.True((await response.CertificateAsync()).IsVouchedFor(service.Core.Trust));
    }

    [Theory]
    [InlineData("a start")]
    [InlineData("a rotation")]
    [InlineData("a withdrawal")]
    public async Task A_root_key_that_a_rotation_left_listed_nowhere_costs_nobody_the_one_that_is_listed(string next)
    {
        await using var before = await StartAsync();
        before.Time.Advance(TimeSpan.FromDays(30));
        before.Core.Keys.Add(TrustKey.Types.Role.Root, before.Core.Random);
        await using var service = await before.RestartAsync();
        if (next != "a start")
            Assert.Null((await service.Admin.RotateKeyAsync(new(next == "a rotation" ? "issuing" : "root", Withdraw: true), default)).Value().NotRemoved);

        Assert.Equal(next == "a withdrawal" ? [2, 3] : [1, 2], _vault.Keys["openshare-root"].Versions.Keys.Order());
        Assert.Equal(service.Core.Trust.Keys.Single(k => k.Role == TrustKey.Types.Role.Root).Key, service.Core.Organisation.SignerFor(TrustKey.Types.Role.Root).PublicKey);
        (await service.Admin.RotateKeyAsync(new("crl"), default)).Value();
    }

    [Fact]
    public async Task No_version_that_is_needed_goes_with_another()
    {
        await using var service = await StartAsync();
        var keys = service.Core.Keys;
        var listed = keys.Signers(TrustKey.Types.Role.Root)[0].PublicKey;
        var (last, asked) = (keys.Add(TrustKey.Types.Role.Root, service.Core.Random).PublicKey, _vault.Requests.Count);

        Assert.Contains("version 1 is needed", Assert.Throws<UserError>(() => keys.Remove(TrustKey.Types.Role.Root, last, [listed], service.Core.Random)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_vault.Requests.Skip(asked), r => !r.StartsWith("GET", StringComparison.Ordinal));
        keys.Remove(TrustKey.Types.Role.Root, listed, [last], service.Core.Random);
        Assert.Equal([2], _vault.Keys["openshare-root"].Versions.Keys);
    }

    [Fact]
    public async Task A_root_key_that_goes_offline_is_deleted_in_Vault_or_named_where_that_is_not_allowed()
    {
        await using var service = await StartAsync();
        using SigningKey offline = SigningKey.Create(new SystemRandom()), another = SigningKey.Create(new SystemRandom());
        Assert.Null((await OfflineRoot.MoveAsync(service, offline)).NotRemoved);
        Assert.Equal(["openshare-crl", "openshare-issuing"], _vault.Keys.Keys.Order());

        await using var other = await StartAsync("other");
        _vault.Trouble = (request, http) => request.StartsWith("DELETE", StringComparison.Ordinal) ? FakeVault.FailAsync(http, 403, "1 error occurred:\n\t* permission denied\n\n") : Task.CompletedTask;
        Assert.Contains("transit/keys/other-root", (await OfflineRoot.MoveAsync(other, another)).NotRemoved, StringComparison.Ordinal);
        Assert.Contains((await other.Admin.ListKeysAsync(default)).Value().Keys, k => k.State == "withdrawn");
    }

    [Theory]
    [InlineData("sealed", "Vault is sealed")]
    [InlineData("denied", "permission denied")]
    [InlineData("garbage", "not one of Vault's transit engine")]
    [InlineData("nothing", "not one of Vault's transit engine")]
    [InlineData("too much", "cannot be reached")]
    [InlineData("cut", "cannot be reached")]
    [InlineData("elsewhere", "status 307")]
    [InlineData("another key's", "is not one by the key")]
    [InlineData("another version's", "none of version 1")]
    [InlineData("no signature", "none of version 1")]
    public async Task While_Vault_does_not_sign_it_is_said_and_nothing_has_happened(string trouble, string said)
    {
        await using var service = await StartAsync();
        var (device, token) = (new TestDevice(), await service.TokenAsync());
        using var stranger = SigningKey.Create(new SystemRandom());
        _vault.Trouble = trouble switch
        {
            "sealed" => FakeVault.SealedAsync,
            "denied" => (_, http) => FakeVault.FailAsync(http, 403, "permission denied"),
            "garbage" => (_, http) => http.Response.WriteAsync("<html>It works!</html>"),
            "nothing" => (_, http) => http.Response.WriteAsJsonAsync(new { data = (object?)null }),
            "too much" => (_, http) => http.Response.WriteAsync(new string(' ', 2_000_000)),
            "cut" => (_, http) =>
            {
                http.Abort();
                return Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            },
            "elsewhere" => (_, http) =>
            {
                http.Response.Redirect("https://127.0.0.1:1/", permanent: false, preserveMethod: true);
                return http.Response.StartAsync();
            },
            "another key's" => Signature("vault:v1:" + Convert.ToBase64String(stranger.Sign("something"u8))),
            "another version's" => Signature("vault:v2:" + Convert.ToBase64String(stranger.Sign("something"u8))),
            _ => Signature("vault:v1:AAAA"),
        };
        await device.RegisterAsync(service.Http, token).RefusedAsync(HttpStatusCode.ServiceUnavailable, RegistrationProblems.SigningUnavailable);
        Assert.Contains(service.Log.Lines, l => l.Contains(said, StringComparison.Ordinal));

        _vault.Trouble = null;
        service.Time.Advance(TimeSpan.FromSeconds(3));
        using var response = await device.RegisterAsync(service.Http, token);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.True((await service.Admin.VerifyAuditAsync(default)).Value().Holds);
        Assert.DoesNotContain(service.Log.Lines, l => l.Contains(_vault.Token, StringComparison.Ordinal));

        static Func<string, HttpContext, Task> Signature(string signature) => (_, http) => http.Response.WriteAsJsonAsync(new { data = new { signature } });
    }

    [Fact]
    public async Task A_Vault_that_does_not_answer_is_waited_for_once_and_asked_again_after_a_while()
    {
        var time = new FakeTimeProvider();
        using var link = new VaultLink(VaultAddress.Parse(_vault.Address()), time, patience: TimeSpan.FromSeconds(2));
        _vault.Trouble = (_, http) => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Contains("did not answer within 2 seconds", Ask().Message, StringComparison.Ordinal);
        var asked = _vault.Requests.Count;
        // Whoever comes next does not queue for it.
        Assert.Contains("did not answer", Ask().Message, StringComparison.Ordinal);
        Assert.Equal(asked, _vault.Requests.Count);

        _vault.Trouble = null;
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(link.Find<VaultMessages.Key>("keys/none"));

        UserError Ask() => Assert.Throws<UserError>(() => link.Find<VaultMessages.Key>("keys/openshare-root"));
    }

    [Fact]
    public async Task The_token_is_read_anew_and_is_in_no_message()
    {
        await using var service = await StartAsync();
        _vault.Token = "hvs.theNextToken";
        var refused = Assert.Throws<UserError>(() => service.Core.Organisation.SignerFor(TrustKey.Types.Role.Crl).Sign("data"u8));
        Assert.Contains("transit/sign/openshare-crl", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hvs.", refused.ToString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(_vault.TokenFile, _vault.Token);
        Assert.Equal(64, service.Core.Organisation.SignerFor(TrustKey.Types.Role.Crl).Sign("data"u8).Length);

        foreach (var (bad, said) in new[] { ("", "is empty"), ("two\nlines", "no token of Vault"), ("with a space", "no token of Vault"), ("é", "no token of Vault") })
        {
            await File.WriteAllTextAsync(_vault.TokenFile, bad, new UTF8Encoding(false));
            Assert.Contains(said, Assert.Throws<UserError>(() => service.Core.Organisation.SignerFor(TrustKey.Types.Role.Crl).Sign("data"u8)).Message, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("hvs.", await File.ReadAllTextAsync(service.Data.SigningKeyPlace), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_may_be_anywhere_or_is_of_another_kind_is_not_used()
    {
        var good = FakeVault.TransitKey.Create("ed25519");
        foreach (var (bad, said) in new[]
        {
            (good with { Exportable = true }, "can be exported"), (good with { AllowPlaintextBackup = true }, "can be exported"), (good with { Imported = true }, "brought there from elsewhere"),
            (good with { Derived = true }, "to derive others from"), (FakeVault.TransitKey.Create("aes256-gcm96"), "of type aes256-gcm96"),
        })
        {
            _vault.Put("openshare-crl", bad);
            Assert.Contains(said, (await Assert.ThrowsAsync<UserError>(() => StartAsync())).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_services_keys_are_not_taken_over()
    {
        await using var service = await StartAsync();
        Assert.Contains("prefix=NAME", (await Assert.ThrowsAsync<UserError>(() => StartAsync())).Message, StringComparison.Ordinal);
        await using var other = await StartAsync("other");
        Assert.NotEqual(service.Core.Trust.Keys[0].Key, other.Core.Trust.Keys[0].Key);
    }

    [Fact]
    public async Task Keys_are_moved_from_the_file_into_Vault_by_rotating_them()
    {
        await using var before = await TestService.StartAsync();
        before.Time.Advance(TimeSpan.FromDays(1));
        await using var service = await before.RestartAsync(o => o with { SigningKey = _vault.Place() });
        foreach (var role in (string[])["issuing", "crl", "root"])
            (await service.Admin.RotateKeyAsync(new(role, Withdraw: role == "root"), default)).Value();

        var keys = (await service.Admin.ListKeysAsync(default)).Value().Keys;
        Assert.All(keys.Where(k => k.State == "signs"), k => Assert.StartsWith("Vault at ", k.Place, StringComparison.Ordinal));
        Assert.Equal(3, keys.Count(k => k.State == "signs"));
        Assert.DoesNotContain(OpenedFile(service), k => k.Role == TrustKey.Types.Role.Root);

        static IReadOnlyList<RoleKey> OpenedFile(TestService service) => SealedKeys.FromJson(File.ReadAllBytes(service.Data.SigningKeys))
            .Open(File.ReadAllBytes(service.Data.SigningKeyPassphrase).AsSpan().TrimEnd("\n"u8))!;
    }

    [Fact]
    public async Task A_Vault_that_nobody_vouches_for_gets_no_token()
    {
        var address = _vault.Address().Split("&ca-file")[0];
        Assert.Contains("cannot be reached", (await Assert.ThrowsAsync<UserError>(() => TestService.StartAsync(o => o with { SigningKey = SigningKeyPlace.Parse(address) }))).Message, StringComparison.Ordinal);
        Assert.Empty(_vault.Requests);
        var none = Assert.Throws<UserError>(() => new VaultLink(VaultAddress.Parse(address + "&ca-file=/nonexistent.pem"), TimeProvider.System));
        Assert.Contains("/nonexistent.pem", none.Message, StringComparison.Ordinal);
    }

    private Task<TestService> StartAsync(string prefix = "openshare") => TestService.StartAsync(o => o with { SigningKey = _vault.Place(prefix) });
}
