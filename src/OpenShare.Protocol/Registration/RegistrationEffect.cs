using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Registration;

/// <summary>What a registration machine asks its shell to do, in this order. A call replaces the one before.</summary>
public abstract record RegistrationEffect
{
    private RegistrationEffect() { }

    /// <summary>Store durably; answer PlanStored or NotStored.</summary>
    public sealed record StorePlan(RegistrationPlan Plan, RegistrationCourse Course) : RegistrationEffect;

    /// <summary>The plan has ended without a certificate: forget it, and its token or session.</summary>
    public sealed record ForgetPlan : RegistrationEffect;

    /// <summary>Store durably and forget the plan; answer RegistrationStored or NotStored.</summary>
    public sealed record StoreRegistration(HeldRegistration Held) : RegistrationEffect;

    /// <summary>
    /// Store durably. Trust roots that cannot be stored are in force all the same: better than a withdrawn key believed.
    /// </summary>
    public sealed record StoreTrust(TrustChain Trust) : RegistrationEffect;

    /// <summary>Store durably. Keys that cannot be stored are in force all the same: under those before the device would be seen by whoever was revoked.</summary>
    public sealed record StoreDiscoveryKeys(DiscoveryKeys Keys) : RegistrationEffect;

    /// <summary>Trust roots or a discovery key were refused, and why: for the log.</summary>
    public sealed record Warn(string Detail) : RegistrationEffect;

    /// <summary>The device has a certificate, on disk, or newer trust roots or discovery keys with it: tell everybody.</summary>
    public sealed record Announce(HeldRegistration Held) : RegistrationEffect;

    /// <summary>The device's idea of time runs no lower from now on: store, and tell everybody, also where it cannot be stored.</summary>
    public sealed record RaiseFloor(TimeFloor Floor) : RegistrationEffect;

    public sealed record FetchTrustRoot(int Call, ServiceContact Contact) : RegistrationEffect;

    public sealed record AskChallenge(int Call, ServiceContact Contact) : RegistrationEffect;

    public sealed record SendRegistration(
        int Call, ServiceContact Contact, RegistrationMessages.RegisterRequest Request, RegistrationCredential Credential) : RegistrationEffect;

    public sealed record SendPromotion(int Call, ServiceContact Contact, RegistrationMessages.PromoteRequest Request) : RegistrationEffect;

    public sealed record SendRenewal(int Call, ServiceContact Contact, RegistrationMessages.RenewRequest Request) : RegistrationEffect;
}
