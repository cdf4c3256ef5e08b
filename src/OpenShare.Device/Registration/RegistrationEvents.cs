using OpenShare.Device.Hosting;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Registration;

public static class RegistrationEvents
{
    /// <summary>The device has a certificate: found on disk at start, newly issued, or renewed; or newer trust roots with the one it has.</summary>
    public sealed record Certified(DeviceIdentity Identity) : IDeviceState;

    /// <summary>
    /// The device's idea of time runs no lower than this, whatever its clock says: what decides whom it trusts goes by
    /// <see cref="TimeFloor.At"/>. Kept by the registration flow, raised by whatever the organisation signed.
    /// </summary>
    public sealed record TimeFloorRaised(TimeFloor Floor) : IDeviceState;

    /// <summary>A peer or the service showed trust roots that may be newer. Unverified: the registration flow, which keeps them, judges.</summary>
    public sealed record TrustRootOffered(IReadOnlyList<TrustRootLink> Links) : IDeviceEvent;

    /// <summary>Where the flow stands has changed: requesting, waiting for the next try, refused.</summary>
    public sealed record RegistrationChanged(RegistrationState State) : IDeviceState;
}
