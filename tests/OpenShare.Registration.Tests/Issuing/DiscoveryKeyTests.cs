using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Issuing;

/// <summary>An account's discovery key: made anew with each revocation, and given to the account's devices that are not revoked.</summary>
public class DiscoveryKeyTests : IAsyncLifetime
{
    private TestService _service = null!;

    protected virtual bool OnPostgres => false;

    public async Task InitializeAsync() => _service = await TestService.StartAsync(o => o with { CertificateLifetime = TimeSpan.FromDays(10) }, onPostgres: OnPostgres);

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [SkippableFact]
    public async Task A_registration_a_repeated_one_and_a_renewal_bring_the_signed_key()
    {
        var (device, token) = (new TestDevice(), await _service.TokenAsync());
        foreach (var ask in new Func<Task<HttpResponseMessage>>[]
        {
            () => device.RegisterAsync(_service.Http, token), () => device.RegisterAsync(_service.Http, token), () => device.RenewAsync(_service.Http),
        })
        {
            using var response = await ask();
            var answer = await response.ReadAsync<RegistrationMessages.RegisterResponse>();
            var key = DiscoveryKey.Parse(answer.DiscoveryKey!).VerifiedBy(_service.Core.Trust, AccountId.Parse("alice"));
            Assert.Equal((1u, 0UL), (key.Version, key.RevocationList));
            Assert.Equal(answer.AccountDiscoveryKey, Base64Url.Encode(key.Secret.Span));
        }
    }

    [SkippableFact]
    public async Task A_revocation_makes_the_next_key_of_that_account_and_of_no_other()
    {
        var (lost, kept, other) = (await RegisteredAsync(), await RegisteredAsync(), await RegisteredAsync("bob"));
        var (before, others) = (await KeyAsync(kept), await KeyAsync(other));

        var list = await RevokeAsync(lost);

        var after = (await KeyAsync(kept)).VerifiedBy(_service.Core.Trust, AccountId.Parse("alice"));
        Assert.Equal((before.Version + 1, list), (after.Version, after.RevocationList));
        Assert.NotEqual(before.Secret.ToArray(), after.Secret.ToArray());
        Assert.Equal(others.Blob, (await KeyAsync(other)).Blob);
        using var renewed = await kept.RenewAsync(_service.Http);
        Assert.Equal(after.Blob, (await renewed.DiscoveryKeyAsync()).Blob);
        using var registered = await new TestDevice().RegisterAsync(_service.Http, await _service.TokenAsync());
        Assert.Equal(after.Blob, (await registered.DiscoveryKeyAsync()).Blob);
    }

    [SkippableFact]
    public async Task Revoking_twice_makes_one_key()
    {
        var (lost, kept) = (await RegisteredAsync(), await RegisteredAsync());
        await RevokeAsync(lost);
        var once = await KeyAsync(kept);

        await RevokeAsync(lost);

        Assert.Equal(once.Blob, (await KeyAsync(kept)).Blob);
    }

    [SkippableFact]
    public async Task Racing_revocations_make_versions_that_grow_by_one_each()
    {
        var (kept, lost) = (await RegisteredAsync(), await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RegisteredAsync())));
        var (revoking, seen) = (Task.WhenAll(lost.Select(RevokeAsync)), new List<DiscoveryKey>());
        while (!revoking.IsCompleted)
            seen.Add(await KeyAsync(kept));
        await revoking;
        seen.Add(await KeyAsync(kept));

        Assert.Equal((21u, 21UL), (seen[^1].Version, seen[^1].RevocationList));
        Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.True(pair.First.Blob.Equals(pair.Second.Blob) || pair.Second.Version > pair.First.Version));
        Assert.All(seen, key => Assert.Equal(key.Version, key.RevocationList == 0 ? 1 : key.RevocationList));
    }

    [SkippableFact]
    public async Task A_revoked_device_is_given_none()
    {
        var device = await RegisteredAsync();
        await RevokeAsync(device);

        await device.AskForKeyAsync(_service.Http).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.DeviceRevoked);
    }

    [SkippableFact]
    public async Task A_device_that_asks_while_it_is_revoked_never_gets_the_key_that_was_made_for_that()
    {
        for (var round = 0; round < 10; round++)
        {
            var device = await RegisteredAsync();
            var asking = Enumerable.Range(0, 10).Select(_ => device.AskForKeyAsync(_service.Http)).ToList();
            var list = await RevokeAsync(device);

            foreach (var answer in await Task.WhenAll(asking))
            {
                using (answer)
                {
                    if (answer.IsSuccessStatusCode)
                        Assert.True((await ReadKeyAsync(answer)).RevocationList < list);
                }
            }
        }
    }

    [SkippableFact]
    public async Task A_device_whose_certificate_has_expired_or_that_nobody_registered_is_given_none()
    {
        var device = await RegisteredAsync();
        _service.Time.Advance(TimeSpan.FromDays(10) + ClockSkew.Allowed + TimeSpan.FromSeconds(1));

        await device.AskForKeyAsync(_service.Http).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.CertificateExpired);
        await new TestDevice().AskForKeyAsync(_service.Http).RefusedAsync(HttpStatusCode.NotFound, RegistrationProblems.DeviceUnknown);
    }

    [SkippableFact]
    public async Task Only_the_devices_own_fresh_proof_of_this_kind_about_its_own_account_opens_it()
    {
        var device = await RegisteredAsync();
        var nonce = await TestDevice.NonceAsync(_service.Http);
        var ofAnotherAccount = device.Payload(nonce);
        ofAnotherAccount.AccountId = "bob";
        string[] proofs =
        [
            device.Proof(nonce, SignatureContext.DiscoveryKeyProof, new TestDevice().Key), device.Proof(nonce), device.Proof(nonce, SignatureContext.RenewalProof),
            device.Proof(new byte[nonce.Length], SignatureContext.DiscoveryKeyProof),
            SignedBlobs.Sign(device.Key, SignatureContext.DiscoveryKeyProof, ofAnotherAccount).ToText(),
            SignedBlobs.Sign(device.Key, SignatureContext.DiscoveryKeyProof, new TestDevice().Payload(nonce)).ToText(),
        ];
        foreach (var proof in proofs)
        {
            await TestDevice.PostAsync(_service.Http, RegistrationPaths.DiscoveryKey, new RegistrationMessages.DiscoveryKeyRequest(device.Id.ToString(), proof))
                .RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.KeyNotProven);
        }

        await TestDevice.PostAsync(_service.Http, RegistrationPaths.Renew, new RegistrationMessages.RenewRequest(
            device.Id.ToString(), device.Proof(nonce, SignatureContext.DiscoveryKeyProof))).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.KeyNotProven);
    }

    [SkippableFact]
    public async Task A_device_that_knows_nothing_of_versions_reads_the_answers_as_before()
    {
        var lost = await RegisteredAsync();
        var device = new TestDevice();
        using var registered = await device.RegisterAsync(_service.Http, await _service.TokenAsync());
        var first = await registered.ReadAsync<AnswerAsItWas>();
        await RevokeAsync(lost);
        using var renewed = await device.RenewAsync(_service.Http);

        var second = await renewed.ReadAsync<AnswerAsItWas>();

        Assert.Equal((32, 32), (Base64Url.Decode(first.AccountDiscoveryKey, "key").Length, Base64Url.Decode(second.AccountDiscoveryKey, "key").Length));
        Assert.NotEqual(first.AccountDiscoveryKey, second.AccountDiscoveryKey);
    }

    [SkippableFact]
    public async Task The_key_outlives_a_restart_to_the_byte()
    {
        var (lost, kept) = (await RegisteredAsync(), await RegisteredAsync());
        await RevokeAsync(lost);
        var before = await KeyAsync(kept);

        _service = await _service.RestartAsync(o => o with { CertificateLifetime = TimeSpan.FromDays(10) });

        Assert.Equal(before.Blob, (await KeyAsync(kept)).Blob);
    }

    [SkippableFact]
    public async Task Who_asks_for_the_revocation_list_learns_nothing_of_accounts_or_keys()
    {
        var lost = await RegisteredAsync("an-account-with-a-name");
        await RevokeAsync(lost);

        using var response = await _service.Http.GetAsync(new Uri(RegistrationPaths.RevocationList, UriKind.Relative));
        var list = Protocol.Revocation.RevocationList.Parse((await response.ReadAsync<RegistrationMessages.RevocationListResponse>()).Crl, _service.Core.Trust);
        var said = $"{response.Headers} {await response.Content.ReadAsStringAsync()} {list.Blob.Payload.ToStringUtf8()}";

        Assert.DoesNotContain("an-account-with-a-name", said, StringComparison.Ordinal);
        Assert.DoesNotContain("key", $"{response.Headers}", StringComparison.OrdinalIgnoreCase);
        Assert.True(await _service.RevokesAsync(list, lost.Id));
    }

    [SkippableFact]
    public async Task The_key_that_an_account_had_before_there_were_versions_is_its_first()
    {
        using var directory = new TempDirectory();
        var connection = new SqliteConnectionStringBuilder { DataSource = directory.File("registration.db"), Pooling = false }.ToString();
        await using (var db = new RegistrationDb(new DbContextOptionsBuilder<RegistrationDb>().UseSqlite(connection).Options))
        {
            await db.GetService<IMigrator>().MigrateAsync("FirstTables");
            await db.Database.ExecuteSqlAsync($"INSERT INTO accounts (name, discovery_key, quota) VALUES ('alice', {new byte[32]}, 7)");
        }
        await _service.DisposeAsync();
        _service = await TestService.StartAsync(directory: directory.Borrow());

        var device = await RegisteredAsync();

        var key = (await KeyAsync(device)).VerifiedBy(_service.Core.Trust, AccountId.Parse("alice"));
        Assert.Equal((1u, 0UL), (key.Version, key.RevocationList));
        Assert.Equal(new byte[32], key.Secret.ToArray());
        await RevokeAsync(await RegisteredAsync());
        Assert.Equal(2u, (await KeyAsync(device)).Version);
    }

    private async Task<TestDevice> RegisteredAsync() => await RegisteredAsync("alice");

    private async Task<TestDevice> RegisteredAsync(string account)
    {
        var device = new TestDevice(account);
        using var response = await device.RegisterAsync(_service.Http, await _service.TokenAsync(account));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return device;
    }

    private async Task<DiscoveryKey> KeyAsync(TestDevice device)
    {
        using var response = await device.AskForKeyAsync(_service.Http);
        return await ReadKeyAsync(response);
    }

    private static async Task<DiscoveryKey> ReadKeyAsync(HttpResponseMessage response) =>
        DiscoveryKey.Parse((await response.ReadAsync<RegistrationMessages.DiscoveryKeyResponse>()).DiscoveryKey);

    /// <returns>the version of the list that says so</returns>
    private async Task<ulong> RevokeAsync(TestDevice device) =>
        (await _service.Admin.RevokeDeviceAsync(device.Id.ToString(), new AdministrationMessages.RevokeDevice(), default)).Value().CrlVersion;

    private sealed record AnswerAsItWas(string CertBlob, string TrustRoot, string AccountDiscoveryKey, ulong CrlVersion);
}
