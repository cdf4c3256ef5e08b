using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Http;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Login;
using OpenShare.Registration.Revocation;

namespace OpenShare.Registration.Hosting;

/// <summary>The flows as a web application has them, whatever carries its requests: what they are made of, and where they answer.</summary>
internal static class WebFlows
{
    /// <param name="tlsKeyOf">SHA-256 of the SubjectPublicKeyInfo of the TLS certificate that a request came over</param>
    public static async Task AddAsync(
        IServiceCollection services, RegistrationCore core, Func<HttpContext, ReadOnlyMemory<byte>> tlsKeyOf, AdminCredential credential, CancellationToken cancel)
    {
        services.AddRoutingCore();
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Problems.Complete);
        services.ConfigureHttpJsonOptions(json => RegistrationJson.Configure(json.SerializerOptions));
        services.AddSingleton(core.Time).AddSingleton(core.Store).AddSingleton(core.Publisher).AddSingleton(core.Lists);
        var certificates = core.Options.AdminAuthoritiesFile is { } file ? AdminCertificates.Open(file) : null;
        services.AddSingleton(_ => new AdminAccess(credential, core.Admins, certificates, core.Time)).AddSingleton(core.Administration);
        services.AddSingleton(new TrustRootEndpoint(core.Organisation, tlsKeyOf, core.Time));
        services.AddSingleton(new Challenges(await ChallengeKey.OpenOrCreateAsync(core.Store, core.Random, cancel), core.Random, core.Time));
        services.AddSingleton(new CertificateIssuer(core.Organisation, core.Audit, core.Time, core.Options.CertificateLifetime));
        services.AddSingleton(new RegistrationAnswer(core.Organisation, core.AccountKeys)).AddSingleton(core.AccountKeys);
        services.AddSingleton(core.Rules).AddSingleton(_ => new AccountRate(core.Options.RateLimits));
        services.AddSingleton<ProofOfPossession>().AddSingleton<ProvenRequests>();
        services.AddSingleton(s => new DeviceRenewal(
            s.GetRequiredService<ProvenRequests>(), s.GetRequiredService<CertificateIssuer>(), s.GetRequiredService<RegistrationAnswer>(), core.Options.RenewExpired));
        if (core.Options.Login is { } login)
            services.AddSingleton(login).AddSingleton<IssuerKeys>().AddSingleton<Sessions>().AddSingleton(s => new SessionAdmissions(s.GetRequiredService<Sessions>(), core.Random));
        services.AddSingleton(s => new Admissions(s.GetService<SessionAdmissions>()));
        services.AddSingleton(new Endorsements(core.Organisation, core.Time, core.Options.Promotion));
        services.AddSingleton(s => new EndorsementWithdrawals(core.Store, core.Organisation, core.Audit, s.GetRequiredService<AccountRate>(), core.Time));
        services.AddSingleton<RevocationDeltas>();
        services.AddSingleton<DeviceRegistration>().AddSingleton<DiscoveryKeyHandout>();
    }

    public static void Map(IEndpointRouteBuilder app)
    {
        IssuingEndpoints.Map(app);
        RevocationEndpoints.Map(app);
        TrustRootEndpoint.Map(app);
        if (app.ServiceProvider.GetService<LoginOptions>() is { } login)
            LoginEndpoints.Map(app, login);
    }
}
