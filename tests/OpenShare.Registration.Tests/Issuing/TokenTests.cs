using System.Net;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Issuing;

public sealed class TokenTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("too short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_token_the_service_did_not_make_is_refused(string? bearer)
    {
        var device = new TestDevice();
        var body = device.Request(device.Proof(await TestDevice.NonceAsync(_service.Http)));

        await TestDevice.PostAsync(_service.Http, RegistrationPaths.Register, body, bearer)
            .RefusedAsync(HttpStatusCode.Unauthorized, RegistrationProblems.BadToken);
    }

    [Fact]
    public async Task A_token_is_for_its_own_account_only()
    {
        await new TestDevice("bob").RegisterAsync(_service.Http, await _service.TokenAsync("alice"))
            .RefusedAsync(HttpStatusCode.Unauthorized, RegistrationProblems.BadToken);
    }

    [Fact]
    public async Task A_token_that_is_taken_back_registers_nobody_and_a_lost_answer_is_given_again()
    {
        var (device, token) = (new TestDevice(), await _service.TokenAsync(uses: 5));
        using var first = await device.RegisterAsync(_service.Http, token);
        var listed = (await _service.Admin.ListTokensAsync(null, default)).Value().Tokens.Single();
        Assert.Equal(("alice", 4), (listed.AccountId, listed.Uses));

        Assert.Equal(listed.Id, (await _service.Admin.RevokeTokenAsync(listed.Id[..6], default)).Value().Id);
        await new TestDevice().RegisterAsync(_service.Http, token).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.TokenUsed);
        using var again = await device.RegisterAsync(_service.Http, token);
        Assert.Equal((await first.CertificateAsync()).Serial, (await again.CertificateAsync()).Serial);
        Assert.Empty((await _service.Admin.ListTokensAsync(null, default)).Value().Tokens);
        Assert.Equal(new AuditAct.TokenRevoked("alice", listed.Id, 4), (await _service.Admin.ShowAuditAsync(1, default)).Value().Lines.Single().Act);
    }

    [Fact]
    public async Task A_token_that_is_named_by_nothing_or_by_what_fits_several_is_not_taken_back()
    {
        foreach (var _ in new[] { 1, 2 })
            (await _service.Admin.CreateTokenAsync(new AdministrationMessages.CreateToken("alice", 1, 3600, "printers"), default)).Value();
        Assert.Contains("fits several", await RefusedAsync("printers"), StringComparison.Ordinal);
        Assert.Contains("No token", await RefusedAsync("scanners"), StringComparison.Ordinal);
        Assert.Contains("No token", await RefusedAsync(""), StringComparison.Ordinal);
        Assert.Equal(2, (await _service.Admin.ListTokensAsync(AccountId.Parse("alice"), default)).Value().Tokens.Count);
        Assert.Empty((await _service.Admin.ListTokensAsync(AccountId.Parse("bob"), default)).Value().Tokens);

        async Task<string> RefusedAsync(string which) =>
            Assert.IsType<Outcome<AdministrationMessages.TokenRevoked>.Refused>(await _service.Admin.RevokeTokenAsync(which, default)).Refusal.Detail;
    }

    [Fact]
    public async Task A_token_expires()
    {
        var token = await _service.TokenAsync(ttlSeconds: 60);
        _service.Time.Advance(TimeSpan.FromSeconds(60));

        await new TestDevice().RegisterAsync(_service.Http, token).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.TokenExpired);
    }

    [Fact]
    public async Task A_token_carries_the_fingerprint_of_this_services_trust_root_and_no_others()
    {
        await using var other = await TestService.StartAsync();
        var token = RegistrationTokenText.Parse(await _service.TokenAsync());

        Assert.True(token.TrustRootFingerprint.Span.SequenceEqual(_service.Core.Trust.Fingerprint.Span));
        Assert.False(token.TrustRootFingerprint.Span.SequenceEqual(other.Core.Trust.Fingerprint.Span));
    }

    [Fact]
    public async Task The_database_holds_a_tokens_hash_and_not_its_secret()
    {
        var secret = Base64Url.Decode(RegistrationTokenText.Parse(await _service.TokenAsync()).Secret, "secret");
        // What is still in the write-ahead log goes into the file, so that one search sees all.
        await _service.Core.Store.ReadAsync(async db => await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)"));

        var file = await File.ReadAllBytesAsync(_service.Data.Database);
        Assert.Equal(-1, file.AsSpan().IndexOf(secret));
        Assert.NotEqual(-1, file.AsSpan().IndexOf(System.Security.Cryptography.SHA256.HashData(secret)));
    }

    [Theory]
    [InlineData("Not An Account", 1, 60)]
    [InlineData("alice", 0, 60)]
    [InlineData("alice", 10_001, 60)]
    [InlineData("alice", 1, 0)]
    [InlineData("alice", 1, long.MaxValue)]
    public async Task A_token_that_makes_no_sense_is_not_made(string account, int uses, long ttlSeconds)
    {
        var outcome = await _service.Admin.CreateTokenAsync(new AdministrationMessages.CreateToken(account, uses, ttlSeconds), default);

        Assert.IsType<Outcome<AdministrationMessages.TokenCreated>.Refused>(outcome);
    }
}
