using System.Security.Claims;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Login;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Login;

/// <summary>Which account the claims of a verified session name, if any.</summary>
public sealed class SessionClaimsTests
{
    private static ClaimsIdentity Of(params string[] claims) => new(claims.Select(c => c.Split('=')).Select(c => new Claim(c[0], c[1])));

    [Theory]
    [InlineData("sub", "alice", "sub=alice")]
    [InlineData("preferred_username", "alice", "sub=4711", "preferred_username=alice")]
    [InlineData("email", "alice@example.org", "sub=4711", "email=alice@example.org", "email_verified=true")]
    public void The_claim_names_the_account(string claim, string account, params string[] claims) =>
        Assert.Equal(account, Session.Read(Of(claims), claim).Value().Account.Value);

    [Theory]
    [InlineData("sub")]
    [InlineData("sub", "sub=Alice Example")]
    [InlineData("sub", "sub=ALICE")]
    [InlineData("name", "name=alice")]
    [InlineData("name", "sub=alice")]
    [InlineData("groups", "sub=alice", "groups=one", "groups=two")]
    [InlineData("email", "sub=alice", "email=alice@example.org")]
    [InlineData("email", "sub=alice", "email=alice@example.org", "email_verified=false")]
    public void What_is_missing_ambiguous_unverified_or_no_name_names_none(string claim, params string[] claims) =>
        Assert.Equal(RegistrationProblems.BadSession, Assert.IsType<Outcome<Session>.Refused>(Session.Read(Of(claims), claim)).Refusal.Code);

    [Theory]
    [InlineData("https://login.example", "https://login.example/.well-known/openid-configuration")]
    [InlineData("https://login.example/realms/acme/", "https://login.example/realms/acme/.well-known/openid-configuration")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/.well-known/openid-configuration")]
    public void An_issuer_is_an_https_address_or_this_machine(string text, string metadata) =>
        Assert.Equal((text, metadata), (LoginIssuer.TryParse(text, out _)!.Text, LoginIssuer.TryParse(text, out _)!.Metadata));

    [Theory]
    [InlineData("http://login.example")]
    [InlineData("login.example")]
    [InlineData("https://login.example/?tenant=1")]
    [InlineData("https://user@login.example")]
    [InlineData("ftp://127.0.0.1")]
    public void What_is_none_is_named(string text)
    {
        Assert.Null(LoginIssuer.TryParse(text, out var problem));
        Assert.Contains(text, problem, StringComparison.Ordinal);
    }
}
