using System.Net;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Storage;

/// <summary>Two instances of the service over one PostgreSQL database: whichever a device speaks to, it is the same service.</summary>
public sealed class InstancesTests : IAsyncLifetime
{
    private PostgresTestDatabase _database = null!;
    private TestService[] _services = [];

    public async Task InitializeAsync()
    {
        _database = await PostgresTestDatabase.CreateAsync();
        var first = await TestService.StartAsync(database: _database);
        _services = [first, await first.StartBesideAsync()];
    }

    public async Task DisposeAsync()
    {
        foreach (var service in _services.Reverse())
            await service.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_token_is_used_once_by_whichever_two_instances_it_is_shown_to()
    {
        for (var round = 0; round < 5; round++)
        {
            var token = await _services[round % 2].TokenAsync();
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
            {
                using var response = await new TestDevice().RegisterAsync(_services[n % 2].Http, token);
                return response.StatusCode == HttpStatusCode.Created ? "registered" : await response.ProblemAsync();
            }));
            Assert.Equal(["registered", .. Enumerable.Repeat(RegistrationProblems.TokenUsed, 7)], answers.Order());
        }
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task A_quota_holds_and_device_numbers_have_no_gaps()
    {
        var token = await _services[0].TokenAsync(uses: 100);
        (await _services[1].Admin.SetQuotaAsync(AccountId.Parse("alice"), new(5), default)).Value();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async n =>
        {
            using var response = await new TestDevice().RegisterAsync(_services[n % 2].Http, token);
            return response.StatusCode == HttpStatusCode.Created;
        }));

        Assert.Equal(5, answers.Count(isRegistered => isRegistered));
        Assert.Equal([1L, 2, 3, 4, 5], await _services[1].Core.Store.ReadAsync(db => db.Devices.Select(d => d.DeviceNo).OrderBy(n => n).ToListAsync()));
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task Revocations_at_both_draw_each_version_once_and_reach_who_waits_at_either()
    {
        var devices = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => RegisteredAsync(_services[n % 2])));
        // The clock stands still: nothing but the news can end this wait.
        var waiting = _services.Select(s => RevocationListClient.GetAsync(s, "?after=10&wait=60")).ToList();
        var versions = await Task.WhenAll(devices.Select(async (d, n) =>
            (await _services[n / 5].Admin.RevokeDeviceAsync(d.Id.ToString(), new("lost"), default)).Value().CrlVersion));

        Assert.Equal(Enumerable.Range(2, 10).Select(v => (ulong)v), versions.Order());
        foreach (var (list, _) in await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(20)))
        {
            Assert.Equal((11UL, 10), (list.Version, list.Count));
            foreach (var device in devices)
                Assert.True(await _services[0].RevokesAsync(list, device.Id));
        }
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task Both_serve_the_same_bytes_of_a_list_and_it_is_signed_anew_once()
    {
        await RegisteredAsync(_services[0]);
        _services[0].Time.Advance(TimeSpan.FromDays(4));
        var tags = await Eventually.TrueAsync(
            async () => await Task.WhenAll(_services.Select(async s => (await RevocationListClient.GetAsync(s)) is var (list, tag) ? (tag, list.IssuedAt) : default)),
            seen => seen.Distinct().Count() == 1 && seen[0].IssuedAt > _services[0].Time.GetUtcNow().AddDays(-1));

        await _services[1].Core.Lists.RenewAsync(default);
        Assert.Equal(tags[0].tag, (await RevocationListClient.GetAsync(_services[1])).ETag);
    }

    [SkippableFact]
    public async Task What_is_asked_at_one_is_admitted_at_the_other_and_issued_once()
    {
        await using var one = await _services[0].StartBesideAsync(o => o with { Promotion = PromotionPolicy.Ask });
        await using var other = await _services[0].StartBesideAsync(o => o with { Promotion = PromotionPolicy.Ask });
        TestService[] both = [one, other];
        var (sponsor, tablet) = (new TestDevice(), new TestDevice());
        using var registered = await sponsor.RegisterAsync(both[0].Http, await both[1].TokenAsync());
        var endorsement = sponsor.Endorse(await registered.CertificateAsync(), tablet, both[0].Time.GetUtcNow());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n =>
            tablet.PromoteAsync(both[n % 2].Http, endorsement).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.PromotionWaiting)));

        await Task.WhenAll(both.Select(async s => (await s.Admin.AdmitDeviceAsync(tablet.Id.ToString(), new(), default)).Value()));
        var serials = await Task.WhenAll(Enumerable.Range(0, 16).Select(async n =>
        {
            using var response = await tablet.PromoteAsync(both[n % 2].Http, endorsement);
            return (await response.CertificateAsync()).Serial;
        }));
        Assert.Single(serials.Distinct());
        Assert.Equal(2, await both[0].Core.Store.ReadAsync(db => db.Devices.CountAsync()));
        Assert.Single((await both[0].Admin.ShowAuditAsync(50, default)).Value().Lines, l => l.Act is AuditAct.PromotionAdmitted);
        Assert.True((await both[0].Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    [SkippableFact]
    public async Task A_challenge_of_one_is_good_at_the_other()
    {
        var device = new TestDevice();
        var request = device.Request(device.Proof(await TestDevice.NonceAsync(_services[0].Http)));
        using var response = await TestDevice.PostAsync(
            _services[1].Http, RegistrationPaths.Register, request, RegistrationTokenText.Parse(await _services[0].TokenAsync()).Secret);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [SkippableTheory]
    [InlineData("issuing")]
    [InlineData("crl")]
    public async Task A_key_withdrawn_at_one_signs_nothing_more_at_the_other(string role)
    {
        var device = await RegisteredAsync(_services[1]);
        _services[0].Time.Advance(TimeSpan.FromDays(30));
        var rotated = (await _services[0].Admin.RotateKeyAsync(new(role, Withdraw: true), default)).Value();

        using (var response = await device.RenewAsync(_services[1].Http))
            Assert.True((await response.CertificateAsync()).IsVouchedFor(_services[0].Core.Trust));
        (await _services[1].Admin.RevokeDeviceAsync(device.Id.ToString(), new(), default)).Value();
        Assert.Equal(rotated.TrustRootVersion, _services[1].Core.Trust.Version);
        // The next rotation, at the other, keeps the first one's key.
        Assert.Equal(rotated.TrustRootVersion + 1, (await _services[1].Admin.RotateKeyAsync(new(role), default)).Value().TrustRootVersion);
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task A_root_key_that_goes_offline_at_one_leaves_the_keys_that_the_other_has_a_copy_of()
    {
        // A copy instead of the link.
        var keys = _services[1].Data.SigningKeys;
        var copied = await File.ReadAllBytesAsync(keys);
        File.Delete(keys);
        await File.WriteAllBytesAsync(keys, copied);
        Assert.NotEmpty(_services[1].Core.Keys.Signers(TrustKey.Types.Role.Root));
        using var offline = SigningKey.Create(new SystemRandom());
        await OfflineRoot.MoveAsync(_services[0], offline);

        await Eventually.TrueAsync(() => Task.FromResult(_services[1].Core.Keys.Signers(TrustKey.Types.Role.Root)), held => held.Count == 0);
        Assert.NotEqual(copied, await File.ReadAllBytesAsync(keys));
        // What one asks for the other installs, once it has the key.
        Assert.Equal(3u, (await _services[1].Admin.InstallRotationAsync(await OfflineRoot.AnswerAsync(_services[1], offline, "issuing"), default)).Value().TrustRootVersion);
        await HoldsAsync();
    }

    [SkippableFact]
    public async Task An_instance_that_freezes_in_the_middle_of_a_write_holds_up_the_other_for_seconds_only()
    {
        var thaw = new TaskCompletionSource();
        var frozen = _services[0].Core.Store.WriteAsync<int>(async db =>
        {
            await db.NextAsync(CounterRow.DeviceNo, default);
            await thaw.Task;
            return 1;
        }, default);
        await RegisteredAsync(_services[1]).WaitAsync(TimeSpan.FromSeconds(20));
        thaw.SetResult();

        // What it had begun is undone.
        await Assert.ThrowsAnyAsync<Exception>(() => frozen);
        Assert.Equal(1, await _services[1].Core.Store.ReadAsync(db => db.CurrentAsync(CounterRow.DeviceNo, default)));
    }

    [SkippableFact]
    public async Task Instances_that_do_not_take_turns_are_found_out()
    {
        // The alarm of all of the above: the lock is taken away, and the tables' own keys still let no number be given twice.
        using var database = new PostgresDatabase(_database.Address, null);
        async Task<bool> DrawAsync(long number)
        {
            await using var db = database.Open();
            db.AuditLines.Add(new AuditLineRow { Number = number, Signed = [1] });
            try
            {
                return await db.SaveChangesAsync() == 1;
            }
            catch (DbUpdateException)
            {
                return false;
            }
        }
        Assert.Single(await Task.WhenAll(DrawAsync(99), DrawAsync(99)), drawn => drawn);
        Assert.False((await _services[0].Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    private static async Task<TestDevice> RegisteredAsync(TestService service)
    {
        var device = new TestDevice();
        using var response = await device.RegisterAsync(service.Http, await service.TokenAsync());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return device;
    }

    private async Task HoldsAsync() => Assert.Equal("", string.Join('\n', (await _services[1].Admin.VerifyAuditAsync(default)).Value().Problems));
}
