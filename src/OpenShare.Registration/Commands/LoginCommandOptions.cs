using System.CommandLine;
using OpenShare.Registration.Login;

namespace OpenShare.Registration.Commands;

/// <summary>The options of `run` that let people register their devices by logging in.</summary>
internal sealed class LoginCommandOptions
{
    private readonly Option<LoginIssuer?> _issuer = new("--oidc-issuer")
    {
        Description = "Let people register their devices by logging in at this OpenID Connect issuer, too",
        HelpName = "URL",
        CustomParser = result =>
        {
            var issuer = LoginIssuer.TryParse(result.Tokens[0].Value, out var problem);
            if (issuer is null)
                result.AddError(problem);
            return issuer;
        },
    };

    private readonly Option<string?> _audience = new("--oidc-audience") { Description = "Whom the issuer's access tokens must be for (aud)", HelpName = "AUD" };
    private readonly Option<string?> _clientId = new("--oidc-client-id") { Description = $"What devices are to the issuer: a public client with a loopback redirect [default: {LoginOptions.DefaultClientId}]", HelpName = "ID" };
    private readonly Option<string?> _claim = new("--oidc-account-claim") { Description = $"The claim that names the account. People must not be able to choose it themselves [default: {LoginOptions.DefaultAccountClaim}]", HelpName = "CLAIM" };
    private readonly Option<string?> _scope = new("--oidc-scope") { Description = $"What devices ask the issuer for, parted by spaces [default: {LoginOptions.DefaultScope}]", HelpName = "SCOPES" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_issuer, _audience, _clientId, _claim, _scope])
            command.Add(option);
        command.Validators.Add(result =>
        {
            // An issuer's tokens for somebody else would let that somebody's users in, and that somebody too.
            var hasIssuer = result.GetResult(_issuer) is not null;
            if (hasIssuer != result.GetResult(_audience) is not null)
                result.AddError("Give --oidc-issuer and --oidc-audience together.");
            else if (!hasIssuer && ((Option[])[_clientId, _claim, _scope]).FirstOrDefault(o => result.GetResult(o) is not null) is { } lonely)
                result.AddError($"{lonely.Name} needs --oidc-issuer and --oidc-audience.");
        });
    }

    public LoginOptions? Read(ParseResult parsed) => parsed.GetValue(_issuer) is not { } issuer ? null : new LoginOptions(issuer, parsed.GetValue(_audience)!)
    {
        ClientId = parsed.GetValue(_clientId) ?? LoginOptions.DefaultClientId,
        AccountClaim = parsed.GetValue(_claim) ?? LoginOptions.DefaultAccountClaim,
        Scopes = (parsed.GetValue(_scope) ?? LoginOptions.DefaultScope).Split(' ', StringSplitOptions.RemoveEmptyEntries),
    };
}
