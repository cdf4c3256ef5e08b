using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Registration;

/// <summary>
/// The registration service as a device calls it: over HTTPS in life, in memory in a simulation. Every call ends
/// with an answer within a bounded time and never throws. Only the trust root may be asked for while the contact
/// is unproven; any other call then is a mistake of the caller's (<see cref="ArgumentException"/>).
/// </summary>
public interface IRegistrationService
{
    /// <summary>Sends nothing secret. For an unproven contact any TLS certificate will do, and its key is in the answer.</summary>
    Task<ServiceAnswer<ServiceShown>> GetTrustRoot(ServiceContact contact, CancellationToken cancellation);

    Task<ServiceAnswer<RegistrationMessages.Challenge>> GetChallenge(ServiceContact contact, CancellationToken cancellation);

    Task<ServiceAnswer<RegistrationMessages.RegisterResponse>> Register(
        ServiceContact contact, RegistrationMessages.RegisterRequest request, RegistrationCredential credential, CancellationToken cancellation);

    Task<ServiceAnswer<RegistrationMessages.RegisterResponse>> Promote(
        ServiceContact contact, RegistrationMessages.PromoteRequest request, CancellationToken cancellation);

    /// <summary>Hands in what a sponsor took back.</summary>
    Task<ServiceAnswer<RegistrationMessages.WithdrawResponse>> Withdraw(
        ServiceContact contact, RegistrationMessages.WithdrawRequest request, CancellationToken cancellation);

    Task<ServiceAnswer<RegistrationMessages.RegisterResponse>> Renew(
        ServiceContact contact, RegistrationMessages.RenewRequest request, CancellationToken cancellation);

    /// <summary>The account's newest discovery key, unverified.</summary>
    Task<ServiceAnswer<DiscoveryKey>> GetDiscoveryKey(
        ServiceContact contact, RegistrationMessages.DiscoveryKeyRequest request, CancellationToken cancellation);

    /// <summary>Waits at the service for a list later than the version held, or for another than that of the ETag.</summary>
    /// <param name="wait">whole seconds, at most 60; zero: answers at once</param>
    Task<ServiceAnswer<RevocationAnswer>> GetRevocationList(
        ServiceContact contact, ulong after, string? etag, TimeSpan wait, CancellationToken cancellation);

    /// <summary>As <see cref="GetRevocationList"/>, and answered by what makes the newest list of the one held.</summary>
    Task<ServiceAnswer<RevocationAnswer>> GetRevocationDelta(
        ServiceContact contact, ulong from, string? etag, TimeSpan wait, CancellationToken cancellation);
}
