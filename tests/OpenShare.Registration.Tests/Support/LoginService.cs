using Microsoft.Extensions.Time.Testing;
using OpenShare.Registration.Login;

namespace OpenShare.Registration.Tests.Support;

/// <summary>A service whose people log in at an issuer of the test's, both on one clock.</summary>
public sealed class LoginService : IAsyncLifetime
{
    private readonly bool _onPostgres;
    private readonly string _accountClaim;

    public LoginService() : this(onPostgres: false) { }

    internal LoginService(bool onPostgres, string accountClaim = LoginOptions.DefaultAccountClaim) => (_onPostgres, _accountClaim) = (onPostgres, accountClaim);

    internal TestService Service { get; private set; } = null!;

    internal TestIssuer Issuer { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2031, 3, 14, 9, 26, 53, TimeSpan.Zero));
        Issuer = await TestIssuer.StartAsync(time);
        var login = new LoginOptions(LoginIssuer.TryParse(Issuer.Url, out _)!, TestIssuer.Audience) { AccountClaim = _accountClaim };
        Service = await TestService.StartAsync(options => options with { Login = login }, time: time, onPostgres: _onPostgres);
    }

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
