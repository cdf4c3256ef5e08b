using OpenShare.Device.Registration;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Devices;

/// <summary>A registration service for devices that are registered already: it never has a newer revocation list.</summary>
internal sealed class IdleRegistrationService(SimulationQueue queue) : IRegistrationService
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(20);

    public Task<ServiceAnswer<ServiceShown>> GetTrustRoot(ServiceContact contact, CancellationToken cancellation) => Unreachable<ServiceShown>();

    public Task<ServiceAnswer<RegistrationMessages.Challenge>> GetChallenge(ServiceContact contact, CancellationToken cancellation) =>
        Unreachable<RegistrationMessages.Challenge>();

    public Task<ServiceAnswer<RegistrationMessages.RegisterResponse>> Register(
        ServiceContact contact, RegistrationMessages.RegisterRequest request, RegistrationTokenText token, CancellationToken cancellation) =>
        Unreachable<RegistrationMessages.RegisterResponse>();

    public Task<ServiceAnswer<RegistrationMessages.RegisterResponse>> Renew(
        ServiceContact contact, RegistrationMessages.RenewRequest request, CancellationToken cancellation) =>
        Unreachable<RegistrationMessages.RegisterResponse>();

    public Task<ServiceAnswer<RevocationAnswer>> GetRevocationList(
        ServiceContact contact, ulong after, string? etag, TimeSpan wait, CancellationToken cancellation) =>
        Later<RevocationAnswer>(RoundTrip + wait, new RevocationAnswer.NotModified());

    private Task<ServiceAnswer<T>> Unreachable<T>() => Later<T>(RoundTrip, new ServiceFailure.Unreachable("Nobody answers."));

    private Task<ServiceAnswer<T>> Later<T>(TimeSpan delay, ServiceAnswer<T> answer)
    {
        var answered = new TaskCompletionSource<ServiceAnswer<T>>();
        queue.Schedule(delay, () => answered.SetResult(answer));
        return answered.Task;
    }
}
