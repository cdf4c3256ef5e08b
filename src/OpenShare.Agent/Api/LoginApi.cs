using System.Text.Json;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Login;
using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Device.Views;
using OpenShare.Protocol.Registration;

namespace OpenShare.Agent.Api;

/// <summary>
/// Registration by logging in. The answer is a few lines, one <see cref="LoginDocument"/> each: where to log in, then what came of it. Who
/// stops reading gives the login up; nothing of it is kept.
/// </summary>
internal sealed class LoginApi(AgentContext agent)
{
    /// <summary>For how long a person may take in the browser.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    internal void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/registration/login", (RequestDelegate)LogIn);

    private async Task LogIn(HttpContext http)
    {
        var request = await Reply.Read(http, AgentJson.Readable.LoginRequest);
        var (server, name) = (RegistrationOrders.ServerOf(request.Server), RegistrationOrders.NameOf(request.Name));
        var trust = RegistrationOrders.TrustOf(request.ServerFingerprint, request.CaPem, otherwise: new ServerTrust.BySystem());
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, agent.Stopping);
        http.Response.ContentType = "application/x-ndjson";
        try
        {
            // Before anybody logs in for nothing.
            if (await agent.Device.GetStatus(ended.Token) is { Registration: RegistrationState.Certified, Trust: PeerTrust.Certified } status)
                throw new LoginException(ProblemCodes.AlreadyRegistered, StatusApi.AlreadyRegistered(status));
            var offer = Good(await agent.Device.FindLogin(server, trust, ended.Token));
            var session = Good(await agent.Device.OpenSession(offer, await AskPerson(http, offer, ended.Token), ended.Token));
            if (await agent.Device.Register(new RegistrationOrder(server, session, trust, name), ended.Token) is RegistrationStart.AlreadyRegistered)
                throw new LoginException(ProblemCodes.AlreadyRegistered, StatusApi.AlreadyRegistered(await agent.Device.GetStatus(ended.Token)));
            await Tell(http, new LoginDocument(LoginDocument.Registering), ended.Token);
        }
        catch (LoginException e)
        {
            await Tell(http, new LoginDocument(LoginDocument.Failed, Problem: new ProblemDocument(e.Code, e.Message)), ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Given up.
        }
    }

    /// <returns>the issuer's access token</returns>
    private async Task<string> AskPerson(HttpContext http, LoginOffer offer, CancellationToken cancellation)
    {
        using var issuer = new IssuerClient(offer.Issuer);
        var at = await issuer.DiscoverAsync(cancellation);
        await using var redirect = await LoopbackRedirect.ListenAsync(cancellation);
        var flow = new CodeFlow(issuer, at, offer, redirect, agent.Time);
        await Tell(http, new LoginDocument(LoginDocument.Waiting, flow.AuthorizationUrl, agent.Time.GetUtcNow() + Patience), cancellation);
        try
        {
            return await flow.RedeemAsync(await redirect.Answered.WaitAsync(Patience, agent.Time, cancellation), cancellation);
        }
        catch (TimeoutException)
        {
            throw new LoginException(ProblemCodes.LoginFailed, $"Nobody logged in for {Patience.TotalMinutes:0} minutes. Begin again.");
        }
    }

    private static async Task Tell(HttpContext http, LoginDocument document, CancellationToken cancellation)
    {
        await http.Response.BodyWriter.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(document, AgentJson.Readable.LoginDocument), cancellation);
        await http.Response.BodyWriter.WriteAsync("\n"u8.ToArray(), cancellation);
        await http.Response.BodyWriter.FlushAsync(cancellation);
    }

    private static T Good<T>(ServiceAnswer<T> answer) => answer switch
    {
        ServiceAnswer<T>.Good good => good.Value,
        ServiceAnswer<T>.Failed { Failure: var failure } => throw new LoginException(CodeOf(failure), failure.Detail),
        _ => throw new InvalidOperationException(),
    };

    private static string CodeOf(ServiceFailure failure) => failure switch
    {
        { IsPassing: true } => ProblemCodes.ServerUnreachable,
        ServiceFailure.Refused { Code: RegistrationProblems.BadSession } => ProblemCodes.LoginFailed,
        _ => ProblemCodes.Failed,
    };
}
