using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration;

/// <summary>
/// Told to the device's <c>registration</c> actor. Where the key or the database cannot be used, each is answered
/// with a <see cref="Akka.Actor.Status.Failure"/> that says why.
/// </summary>
public static class RegistrationCommands
{
    /// <summary>Answer: <see cref="RegistrationStart"/>, once the order is on disk.</summary>
    public sealed record Register(RegistrationOrder Order);

    /// <summary>Puts a provisional certificate in force, which was verified. Answer: <see cref="PairedStored"/>.</summary>
    public sealed record HoldPaired(HeldRegistration Held);

    /// <param name="Problem">null: it is on disk and in force</param>
    public sealed record PairedStored(string? Problem);

    /// <summary>Answer: <see cref="RegistrationSnapshot"/>.</summary>
    public sealed record GetRegistration;
}

/// <param name="Identity">null: the device has no certificate</param>
/// <param name="Floor">of this device's idea of time</param>
/// <param name="KeyProtection">how the private key is protected, for a person</param>
public sealed record RegistrationSnapshot(DeviceId DeviceId, RegistrationState State, DeviceIdentity? Identity, TimeFloor Floor, string KeyProtection)
{
    /// <summary>The device's own: there also where it has no certificate.</summary>
    public ISigner? Key { get; init; }
}
