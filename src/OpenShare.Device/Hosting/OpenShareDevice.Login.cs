using OpenShare.Device.Registration;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Hosting;

/// <summary>Where a person logs in to register a device.</summary>
/// <param name="TrustRootFingerprint">of the service that said so, over a connection that was verified: no other is shown the session</param>
/// <param name="Issuer">an OpenID Connect issuer</param>
/// <param name="ClientId">what this device is to it</param>
public sealed record LoginOffer(
    Uri Server, ServerTrust Trust, ReadOnlyMemory<byte> TrustRootFingerprint, string Issuer, string ClientId, IReadOnlyList<string> Scopes);

/// <summary>
/// What is asked of the service before there is anything to register with. There is no token to name the trust root, so TLS,
/// by what the person gave or by the system's authorities, vouches for the one that is shown.
/// </summary>
public sealed partial class OpenShareDevice
{
    public async Task<ServiceAnswer<LoginOffer>> FindLogin(Uri server, ServerTrust trust, CancellationToken cancellation)
    {
        var contact = new ServiceContact(server, ServerTrustText.Write(trust), Pin: null);
        if (contact.IsUnproven)
            throw new ArgumentException("Without a token something else has to vouch for the service.", nameof(trust));
        var root = await _service.GetTrustRoot(contact, cancellation).ConfigureAwait(false);
        if (root is ServiceAnswer<ServiceShown>.Failed failed)
            return failed.Failure;
        try
        {
            var fingerprint = ServiceProof.ReadTrust(((ServiceAnswer<ServiceShown>.Good)root).Value).Newest.Fingerprint;
            return await _service.GetLogin(contact, cancellation).ConfigureAwait(false) switch
            {
                ServiceAnswer<RegistrationMessages.LoginResponse>.Good { Value: var login } =>
                    new LoginOffer(server, trust, fingerprint, login.Issuer, login.ClientId, login.Scopes),
                ServiceAnswer<RegistrationMessages.LoginResponse>.Failed { Failure: ServiceFailure.Refused { Status: 404 } no } =>
                    no with { Detail = $"Nobody can log in at {server.Authority}: it registers devices with one-time tokens. Ask your administrator for one." },
                ServiceAnswer<RegistrationMessages.LoginResponse>.Failed no => no.Failure,
                _ => throw new InvalidOperationException(),
            };
        }
        catch (ProtocolException error)
        {
            return new ServiceFailure.Untrusted(error.Message);
        }
    }

    public async Task<ServiceAnswer<LoginSession>> OpenSession(LoginOffer offer, string jwt, CancellationToken cancellation)
    {
        var contact = new ServiceContact(offer.Server, ServerTrustText.Write(offer.Trust), Pin: null);
        try
        {
            return await _service.GetLoginAccount(contact, jwt, cancellation).ConfigureAwait(false) switch
            {
                ServiceAnswer<RegistrationMessages.LoginAccountResponse>.Good { Value: var answer } =>
                    new LoginSession(jwt, AccountId.Parse(answer.AccountId), offer.TrustRootFingerprint.Span),
                ServiceAnswer<RegistrationMessages.LoginAccountResponse>.Failed no => no.Failure,
                _ => throw new InvalidOperationException(),
            };
        }
        catch (ProtocolException error)
        {
            return new ServiceFailure.Unreadable(error.Message);
        }
    }
}
