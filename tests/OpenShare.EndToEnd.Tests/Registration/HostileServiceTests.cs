using System.Diagnostics;
using OpenShare.Device.Registration;
using OpenShare.Device.Registration.Http;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.EndToEnd.Tests.Registration;

/// <summary>Answers that no registration service gives: each becomes a failure in plain words, soon, and without the token in it.</summary>
public sealed class HostileServiceTests : IDisposable
{
    private static readonly RegistrationTokenText Token = new(new byte[16], AccountId.Parse("acme"), new byte[32]);

    private readonly HttpRegistrationService _service = new();

    [Fact]
    public async Task An_endless_answer_is_given_up()
    {
        using var host = TlsHost.Answering("HTTP/1.1 200 OK\nContent-Type: application/json", bodyBytes: 1L << 40);
        Assert.Contains("too long", Assert.IsType<ServiceFailure.Unreadable>(await Register(host)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_revocation_list_is_given_up()
    {
        using var host = TlsHost.Answering("HTTP/1.1 200 OK\nContent-Type: application/json", bodyBytes: 1L << 40);
        var answer = await _service.GetRevocationList(Contact(host), 0, null, TimeSpan.Zero, default);
        Assert.IsType<ServiceFailure.Unreadable>(Failure(answer));
    }

    [Fact]
    public async Task An_answer_that_announces_more_than_it_may_is_not_read()
    {
        using var host = TlsHost.Answering("HTTP/1.1 200 OK\nContent-Length: 999999999");
        Assert.IsType<ServiceFailure.Unreadable>(await Register(host));
    }

    [Fact]
    public async Task Nobody_sends_the_token_elsewhere()
    {
        using var elsewhere = TlsHost.Answering("HTTP/1.1 200 OK");
        using var host = TlsHost.Answering($"HTTP/1.1 307 Temporary Redirect\nLocation: {elsewhere.Url}/\nContent-Length: 0");

        Assert.IsType<ServiceFailure.Unreadable>(await Register(host));

        Assert.Contains(Token.Secret, host.Heard, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Heard);
    }

    [Theory]
    [InlineData("<html>Welcome to the hotel</html>")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"cert_blob\":1}")]
    public async Task What_is_no_answer_is_said_to_be_none(string body)
    {
        using var host = TlsHost.Answering($"HTTP/1.1 200 OK\nContent-Length: {body.Length}", body: body);
        Assert.IsType<ServiceFailure.Unreadable>(await Register(host));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"discovery_key\":null}")]
    [InlineData("{\"discovery_key\":\"not base64url!\"}")]
    [InlineData("{\"discovery_key\":\"AAAA\"}")]
    public async Task What_is_no_discovery_key_is_said_to_be_none(string body)
    {
        using var host = TlsHost.Answering($"HTTP/1.1 200 OK\nContent-Length: {body.Length}", body: body);
        var request = new RegistrationMessages.DiscoveryKeyRequest("", "");
        Assert.IsType<ServiceFailure.Unreadable>(Failure(await _service.GetDiscoveryKey(Contact(host), request, default)));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_network_trouble()
    {
        using var host = TlsHost.Answering("HTTP/1.1 200 OK\nContent-Length: 1000", body: "{\"cert_blob\":\"");
        Assert.IsType<ServiceFailure.Unreachable>(await Register(host));
    }

    [Fact]
    public async Task A_problem_is_told_by_its_type_and_in_printable_words()
    {
        const string body = """{"type":"urn:openshare:problem:quota-exceeded","status":403,"detail":"No \u001b[31mroom."}""";
        using var host = TlsHost.Answering($"HTTP/1.1 403 Forbidden\nContent-Type: application/problem+json\nContent-Length: {body.Length}", body: body);

        var refused = Assert.IsType<ServiceFailure.Refused>(await Register(host));

        Assert.Equal((403, RegistrationProblems.QuotaExceeded, "No \uFFFD[31mroom."), (refused.Status, refused.Code, refused.Detail));
    }

    [Fact]
    public async Task A_problem_of_something_else_has_no_code()
    {
        using var host = TlsHost.Answering("HTTP/1.1 502 Bad Gateway\nContent-Type: text/html\nContent-Length: 3", body: "bad");
        var refused = Assert.IsType<ServiceFailure.Refused>(await Register(host));
        Assert.Equal((502, null, true), (refused.Status, refused.Code, refused.IsPassing));
    }

    [Fact]
    public async Task Where_nothing_listens_or_no_such_name_is_known_it_is_unreachable()
    {
        var contact = new ServiceContact(new Uri($"https://127.0.0.1:{Ports.Free()}"), "sha256:" + new string('0', 64), null);
        Assert.Contains("nothing listens", Assert.IsType<ServiceFailure.Unreachable>(Failure(await _service.GetChallenge(contact, default))).Detail, StringComparison.Ordinal);

        contact = contact with { Server = new Uri("https://no-such-name.invalid") };
        Assert.IsType<ServiceFailure.Unreachable>(Failure(await _service.GetChallenge(contact, default)));
    }

    [Fact]
    public async Task A_call_that_is_given_up_ends_at_once()
    {
        using var host = TlsHost.Silent();
        using var cancel = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var call = _service.GetRevocationList(Contact(host), 0, null, TimeSpan.FromSeconds(60), cancel.Token);

        Assert.False(call.IsCompleted);
        await cancel.CancelAsync();

        Assert.IsType<ServiceFailure.Unreachable>(Failure(await call));
        Assert.True(clock.Elapsed < Patience.Short);
    }

    public void Dispose() => _service.Dispose();

    private async Task<ServiceFailure> Register(TlsHost host)
    {
        var request = new RegistrationMessages.RegisterRequest("", "", "", new RegistrationMessages.DeviceMetadata("", "", ""), "");
        var failure = Failure(await _service.Register(Contact(host), request, Token, default));
        Assert.DoesNotContain(Token.Secret, failure.ToString(), StringComparison.Ordinal);
        return failure;
    }

    private static ServiceContact Contact(TlsHost host) => new(new Uri(host.Url), host.Fingerprint, null);

    private static ServiceFailure Failure<T>(ServiceAnswer<T> answer) => Assert.IsType<ServiceAnswer<T>.Failed>(answer).Failure;
}
