using Microsoft.Extensions.DependencyInjection;
using OpenShare.Device.Registration;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Tokens;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Service;

/// <summary>
/// Registers a device in no time and without its actors: the real machine against the real flows, hand to hand. Both
/// sides keep what they keep of a registration over the wire.
/// </summary>
internal static class Enrollment
{
    private static readonly DevicePlatform Platform = new("simulation", "0.1.0");

    internal static HeldRegistration Run(ServiceProcess service, ISigner key, string name, RegistrationTokenText token, IRandomSource random, DateTimeOffset now)
    {
        var machine = new RegistrationMachine(key, Platform, random);
        var effect = machine.Begin(new RegistrationPlan(SimulatedService.Address, token, ServerTrust: null, name), now).Single();
        while (true)
        {
            if (effect is RegistrationEffect.StoreRegistration store)
                return store.Held;
            effect = machine.Handle(Answer(service, effect), now).Single();
        }
    }

    private static RegistrationInput Answer(ServiceProcess service, RegistrationEffect effect) => effect switch
    {
        RegistrationEffect.StorePlan { Course.Attempts: 0 } => new RegistrationInput.PlanStored(),
        RegistrationEffect.FetchTrustRoot fetch => new RegistrationInput.TrustRootShown(
            fetch.Call, new ServiceShown(service.Flows.GetRequiredService<TrustRootEndpoint>().Answer(), service.TlsKey)),
        RegistrationEffect.AskChallenge ask => new RegistrationInput.Challenged(ask.Call, service.Flows.GetRequiredService<Challenges>().Issue()),
        RegistrationEffect.SendRegistration send => new RegistrationInput.Issued(send.Call, Register(service, send)),
        _ => throw new InvalidOperationException($"The registration did not go through: {effect}"),
    };

    private static RegistrationMessages.RegisterResponse Register(ServiceProcess service, RegistrationEffect.SendRegistration send)
    {
        var secret = TokenSecret.Hash(Base64Url.Decode(send.Token.Secret, "token"));
        return SimulationQueue.Done(() => service.Flows.GetRequiredService<DeviceRegistration>().RegisterAsync(send.Request, secret, CancellationToken.None))
            is Outcome<RegistrationMessages.RegisterResponse>.Done done
            ? done.Value
            : throw new InvalidOperationException("The registration was refused.");
    }
}
