using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Device.Registration.Http;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.EndToEnd.Tests.Registration;

/// <summary>One attempt to register, as a device makes it: the product's machine over the product's HTTP, without actors.</summary>
internal sealed class RegistrationDriver(HttpRegistrationService service)
{
    private readonly SigningKey _key = SigningKey.Create(new SystemRandom());
    private RegistrationMachine? _machine;

    public DeviceId Device => DeviceId.FromPublicKey(_key.PublicKey.Bytes);

    /// <summary>All that was called, in order, with where.</summary>
    public List<ServiceContact> Contacts { get; } = [];

    public async Task<RegistrationStatus> RegisterAsync(string server, string token, string? serverTrust = null)
    {
        var plan = new RegistrationPlan(new Uri(server), RegistrationTokenText.Parse(token), serverTrust, "Laptop");
        _machine = new RegistrationMachine(_key, new DevicePlatform("linux-x64", "0.1.0"), new SystemRandom(), TimeFloor.None);
        await CarryOut(_machine.Begin(plan, DateTimeOffset.UtcNow));
        return _machine.Status;
    }

    public HeldRegistration Held => _machine!.Held!;

    private async Task CarryOut(IReadOnlyList<RegistrationEffect> effects)
    {
        foreach (var effect in effects)
        {
            if (_machine!.Status is RegistrationStatus.Underway { NextAttemptAt: not null })
                return;
            RegistrationInput? input = effect switch
            {
                RegistrationEffect.StorePlan => new RegistrationInput.PlanStored(),
                RegistrationEffect.StoreRegistration => new RegistrationInput.RegistrationStored(),
                RegistrationEffect.FetchTrustRoot e => Answer(
                    e.Call, await service.GetTrustRoot(Note(e.Contact), default), shown => new RegistrationInput.TrustRootShown(e.Call, shown)),
                RegistrationEffect.AskChallenge e => Answer(
                    e.Call, await service.GetChallenge(Note(e.Contact), default), challenge => new RegistrationInput.Challenged(e.Call, challenge)),
                RegistrationEffect.SendRegistration e => Answer(
                    e.Call, await service.Register(Note(e.Contact), e.Request, e.Credential, default), issued => new RegistrationInput.Issued(e.Call, issued)),
                RegistrationEffect.SendRenewal e => Answer(
                    e.Call, await service.Renew(Note(e.Contact), e.Request, default), issued => new RegistrationInput.Issued(e.Call, issued)),
                _ => null,
            };
            if (input is not null)
                await CarryOut(_machine.Handle(input, DateTimeOffset.UtcNow));
        }
    }

    /// <summary>Renews now, as if two thirds of the certificate's life had passed.</summary>
    public async Task<HeldRegistration> RenewAsync()
    {
        await CarryOut(_machine!.HandleTimeout(_machine.NextTimeout!.Value));
        return Held;
    }

    private ServiceContact Note(ServiceContact contact)
    {
        Contacts.Add(contact);
        return contact;
    }

    private static RegistrationInput Answer<T>(int call, ServiceAnswer<T> answer, Func<T, RegistrationInput> toInput) => answer switch
    {
        ServiceAnswer<T>.Good good => toInput(good.Value),
        ServiceAnswer<T>.Failed failed => new RegistrationInput.CallFailed(call, failed.Failure),
        _ => throw new InvalidOperationException(),
    };
}
