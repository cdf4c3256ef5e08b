using OpenShare.Device.Hosting;

namespace OpenShare.Device.Registration;

public static class RegistrationEvents
{
    /// <summary>The device has a certificate: found on disk at start, newly issued, or renewed.</summary>
    public sealed record Certified(DeviceIdentity Identity) : IDeviceState;

    /// <summary>Where the flow stands has changed: requesting, waiting for the next try, refused.</summary>
    public sealed record RegistrationChanged(RegistrationState State) : IDeviceState;
}
