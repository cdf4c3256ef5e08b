using System.Net;
using Microsoft.Extensions.Time.Testing;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys.Pkcs11;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Keys;

/// <summary>Signing keys in a token, which is a real SoftHSM2.</summary>
[Collection(nameof(SoftHsm))]
public sealed class TokenKeyTests(SoftHsm hsm)
{
    [SkippableFact]
    public async Task The_first_run_makes_its_keys_in_the_token_and_later_ones_find_them()
    {
        SoftHsm.Needed();
        var token = await hsm.NewTokenAsync();
        var service = await TestService.StartAsync(o => o with { SigningKey = hsm.Place(token) });
        await using var _ = service;
        var device = new TestDevice();
        using (var registered = await device.RegisterAsync(service.Http, await service.TokenAsync()))
            Assert.True((await registered.CertificateAsync()).IsVouchedFor(service.Core.Trust));
        Assert.False(File.Exists(service.Data.SigningKeys));

        await using var again = await service.RestartAsync();
        using var renewed = await device.RenewAsync(again.Http);
        Assert.True((await renewed.CertificateAsync()).IsVouchedFor(again.Core.Trust));
        Assert.All((await again.Admin.ListKeysAsync(default)).Value().Keys, k => Assert.Equal(("signs", $"the token {token}"), (k.State, k.Place)));
        Assert.True((await again.Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    [SkippableFact]
    public async Task No_private_key_can_be_read_or_taken_out_of_the_token()
    {
        SoftHsm.Needed();
        var token = await hsm.NewTokenAsync();
        await (await TestService.StartAsync(o => o with { SigningKey = hsm.Place(token) })).DisposeAsync();

        InToken(token, (session, factories) =>
        {
            var keys = session.FindAllObjects([factories.ObjectAttributeFactory.Create(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY)]);
            Assert.Equal(3, keys.Count);
            foreach (var key in keys)
            {
                var read = session.GetAttributeValue(key, [CKA.CKA_VALUE, CKA.CKA_LOCAL, CKA.CKA_ALWAYS_SENSITIVE, CKA.CKA_NEVER_EXTRACTABLE]);
                Assert.True(read[0].CannotBeRead && read[1].GetValueAsBool() && read[2].GetValueAsBool() && read[3].GetValueAsBool());
                // Not under another key either, nor by saying that it may.
                var wrapping = session.GenerateKey(factories.MechanismFactory.Create(CKM.CKM_AES_KEY_GEN),
                    [factories.ObjectAttributeFactory.Create(CKA.CKA_VALUE_LEN, 32), factories.ObjectAttributeFactory.Create(CKA.CKA_WRAP, true)]);
                Assert.Equal(CKR.CKR_KEY_UNEXTRACTABLE, Assert.Throws<Pkcs11Exception>(() =>
                    session.WrapKey(factories.MechanismFactory.Create(CKM.CKM_AES_KEY_WRAP_PAD), wrapping, key)).RV);
                Assert.Throws<Pkcs11Exception>(() => session.SetAttributeValue(key, [factories.ObjectAttributeFactory.Create(CKA.CKA_EXTRACTABLE, true)]));
            }
        });
    }

    [SkippableFact]
    public async Task A_key_that_could_leave_the_token_is_not_used()
    {
        SoftHsm.Needed();
        var token = await hsm.NewTokenAsync();
        InToken(token, (session, factories) =>
        {
            var attribute = factories.ObjectAttributeFactory;
            session.GenerateKeyPair(
                factories.MechanismFactory.Create(0x1055),
                [attribute.Create(CKA.CKA_TOKEN, true), attribute.Create(CKA.CKA_LABEL, "openshare-crl"), attribute.Create(CKA.CKA_EC_PARAMS, [0x06, 0x03, 0x2b, 0x65, 0x70])],
                [attribute.Create(CKA.CKA_TOKEN, true), attribute.Create(CKA.CKA_LABEL, "openshare-crl"), attribute.Create(CKA.CKA_SENSITIVE, false), attribute.Create(CKA.CKA_EXTRACTABLE, true)],
                out var _, out var _);
        });

        var error = await Assert.ThrowsAsync<UserError>(() => TestService.StartAsync(o => o with { SigningKey = hsm.Place(token) }));
        Assert.Contains("openshare-crl in the token can be exported", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_connection_that_ends_under_it_is_made_anew_unnoticed()
    {
        SoftHsm.Needed();
        var token = await hsm.NewTokenAsync();
        await using var service = await TestService.StartAsync(o => o with { SigningKey = hsm.Place(token) });
        for (var n = 0; n < 3; n++)
        {
            EndLibrary();
            using var response = await new TestDevice().RegisterAsync(service.Http, await service.TokenAsync());
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }
    }

    [SkippableFact]
    public async Task While_the_token_is_away_it_is_said_and_when_it_is_back_it_signs()
    {
        SoftHsm.Needed();
        var token = await hsm.NewTokenAsync();
        await using var service = await TestService.StartAsync(o => o with { SigningKey = hsm.Place(token) });
        var device = new TestDevice();
        var registration = await service.TokenAsync();
        hsm.Pull();
        try
        {
            EndLibrary();
            await device.RegisterAsync(service.Http, registration).RefusedAsync(HttpStatusCode.ServiceUnavailable, RegistrationProblems.SigningUnavailable);
            var lines = await Eventually.TrueAsync(
                () => Task.FromResult(service.Log.Lines.Where(l => l.Contains("responded 503", StringComparison.Ordinal)).ToList()), l => l.Count > 0);
            Assert.Contains($"the token {token}", Assert.Single(lines), StringComparison.Ordinal);
            Assert.DoesNotContain(service.Log.Lines, l => l.Contains("   at ", StringComparison.Ordinal));
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "signing"), await service.HealthAsync(RegistrationPaths.Ready));
        }
        finally
        {
            hsm.PutBack();
        }
        service.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((HttpStatusCode.OK, ""), await service.HealthAsync(RegistrationPaths.Ready));
        // Nothing of it happened before: the token is good still.
        using var response = await device.RegisterAsync(service.Http, registration);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.True((await service.Admin.VerifyAuditAsync(default)).Value().Holds);
    }

    [Fact]
    public void A_token_that_is_away_is_looked_for_again_after_a_while_though_the_clock_was_set_back()
    {
        var clock = new SetBackClock();
        using var keys = new TokenKeyStore(TokenUri.Parse("pkcs11:token=none?module-path=/nonexistent.so&pin-source=file:/nonexistent"), clock);
        var away = Ask();
        clock.Back = TimeSpan.FromDays(1);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(away, Ask());
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.NotSame(away, Ask());

        UserError Ask() => Assert.Throws<UserError>(() => keys.HoldsKeys);
    }

    [SkippableFact]
    public async Task A_wrong_PIN_is_tried_once_since_tokens_lock_themselves()
    {
        SoftHsm.Needed();
        var token = await hsm.NewTokenAsync();
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("pin"), "4321");
        using var keys = new TokenKeyStore(TokenUri.Parse(hsm.Uri(token, directory.File("pin"))), TimeProvider.System);

        var refused = Assert.Throws<PinRefused>(() => keys.HoldsKeys);
        Assert.Contains(directory.File("pin"), refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("4321", refused.Message, StringComparison.Ordinal);
        // Right by now, and not asked for.
        await File.WriteAllTextAsync(directory.File("pin"), SoftHsm.Pin);
        Assert.Same(refused, Assert.Throws<PinRefused>(() => keys.HoldsKeys));
    }

    [SkippableFact]
    public async Task Keys_are_moved_from_the_file_into_a_token_by_rotating_them()
    {
        SoftHsm.Needed();
        var token = await hsm.NewTokenAsync();
        await using var before = await TestService.StartAsync();
        before.Time.Advance(TimeSpan.FromDays(1));
        await using var service = await before.RestartAsync(o => o with { SigningKey = hsm.Place(token) });
        foreach (var role in (string[])["issuing", "crl"])
            (await service.Admin.RotateKeyAsync(new(role), default)).Value();

        var keys = (await service.Admin.ListKeysAsync(default)).Value().Keys;
        Assert.All(keys.Where(k => k.Role != "root" && k.State == "signs"), k => Assert.Equal($"the token {token}", k.Place));
        Assert.Equal(service.Data.SigningKeys, Assert.Single(keys, k => k.Role == "root").Place);
        using var response = await new TestDevice().RegisterAsync(service.Http, await service.TokenAsync());
        Assert.True((await response.CertificateAsync()).IsVouchedFor(service.Core.Trust));
    }

    [SkippableFact]
    public async Task A_root_key_that_goes_offline_is_destroyed_in_the_token()
    {
        SoftHsm.Needed();
        var token = await hsm.NewTokenAsync();
        await using var service = await TestService.StartAsync(o => o with { SigningKey = hsm.Place(token) });
        using var offline = SigningKey.Create(new SystemRandom());
        Assert.Equal(2, RootKeysIn(token));

        var moved = await OfflineRoot.MoveAsync(service, offline);

        Assert.Equal((offline.PublicKey.KeyId, null), (moved.KeyId, moved.NotRemoved));
        Assert.Equal("offline", Assert.Single((await service.Admin.ListKeysAsync(default)).Value().Keys, k => k.Role == "root").State);
        using var response = await new TestDevice().RegisterAsync(service.Http, await service.TokenAsync());
        Assert.True((await response.CertificateAsync()).IsVouchedFor(service.Core.Trust));
        Assert.Equal(0, RootKeysIn(token));
    }

    [SkippableFact]
    public async Task A_root_key_that_the_token_keeps_is_named_to_the_administrator()
    {
        SoftHsm.Needed();
        var token = await hsm.NewTokenAsync();
        await using var service = await TestService.StartAsync(o => o with { SigningKey = hsm.Place(token) });
        using var offline = SigningKey.Create(new SystemRandom());
        var root = service.Core.Trust.Keys.Single(k => k.Role == TrustKey.Types.Role.Root).Key;
        var answer = await OfflineRoot.AnswerAsync(service, offline);
        InToken(token, (session, factories) =>
        {
            var key = session.FindAllObjects([factories.ObjectAttributeFactory.Create(CKA.CKA_LABEL, "openshare-root"), factories.ObjectAttributeFactory.Create(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY)]).Single();
            session.CopyObject(key, [factories.ObjectAttributeFactory.Create(CKA.CKA_DESTROYABLE, false)]);
            session.DestroyObject(key);
        });

        var moved = (await service.Admin.InstallRotationAsync(answer, default)).Value();
        Assert.Contains($"the token {token}", moved.NotRemoved, StringComparison.Ordinal);
        Assert.Equal("withdrawn", Assert.Single((await service.Admin.ListKeysAsync(default)).Value().Keys, k => k.KeyId == root.KeyId).State);
    }

    [SkippableFact]
    public async Task Another_services_keys_are_neither_taken_over_nor_mixed_up()
    {
        SoftHsm.Needed();
        var (mine, other) = (await hsm.NewTokenAsync(), await hsm.NewTokenAsync());
        await using var service = await TestService.StartAsync(o => o with { SigningKey = hsm.Place(mine) });
        await using (await TestService.StartAsync(o => o with { SigningKey = hsm.Place(other) })) { }

        var taken = await Assert.ThrowsAsync<UserError>(() => TestService.StartAsync(o => o with { SigningKey = hsm.Place(other) }));
        Assert.Contains("object=NAME", taken.Message, StringComparison.Ordinal);
        var listed = service.Core.Organisation.SignerFor(TrustKey.Types.Role.Issuing).PublicKey.KeyId[..8];
        var wrong = await Assert.ThrowsAsync<UserError>(() => service.RestartAsync(o => o with { SigningKey = hsm.Place(other) }));
        Assert.Contains($"None of the issuing keys in the token {other} is one that this service's trust root lists as valid now: it lists {listed}", wrong.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_token_or_library_that_is_not_there_is_said_at_the_start()
    {
        SoftHsm.Needed();
        var none = await Assert.ThrowsAsync<UserError>(() => TestService.StartAsync(o => o with { SigningKey = hsm.Place("nowhere") }));
        Assert.Contains("the token nowhere", none.Message, StringComparison.Ordinal);
        var text = "pkcs11:token=some?module-path=/nonexistent.so&pin-source=file:/nonexistent";
        var module = await Assert.ThrowsAsync<UserError>(() => TestService.StartAsync(o => o with { SigningKey = Registration.Keys.SigningKeyPlace.Parse(text) }));
        Assert.Contains("/nonexistent.so cannot be loaded", module.Message, StringComparison.Ordinal);
    }

    // Whoever else uses the library in this process, and ends it (C_Finalize), ends it for all.
    private static void EndLibrary()
    {
        var factories = Ed25519Token.Factories;
        factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, SoftHsm.Module, AppType.MultiThreaded).Dispose();
    }

    private static int RootKeysIn(string token)
    {
        var found = 0;
        InToken(token, (session, factories) => found = session.FindAllObjects([factories.ObjectAttributeFactory.Create(CKA.CKA_LABEL, "openshare-root")]).Count);
        return found;
    }

    private static void InToken(string token, Action<ISession, Pkcs11InteropFactories> work)
    {
        // A login is the whole process's.
        EndLibrary();
        var factories = Ed25519Token.Factories;
        using var library = factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, SoftHsm.Module, AppType.MultiThreaded);
        using var session = library.GetSlotList(SlotsType.WithTokenPresent).Single(s => s.GetTokenInfo().Label == token).OpenSession(SessionType.ReadWrite);
        session.Login(CKU.CKU_USER, SoftHsm.Pin);
        work(session, factories);
    }

    /// <summary>Whose time of day goes back, while time goes on.</summary>
    private sealed class SetBackClock : FakeTimeProvider
    {
        public TimeSpan Back { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - Back;

        // The one of before takes it from the time of day.
        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}

[CollectionDefinition(nameof(SoftHsm))]
public sealed class SoftHsmTests : ICollectionFixture<SoftHsm>;
