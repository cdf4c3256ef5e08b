using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Registration;

/// <summary>What makes a device one of its organisation's: its key, its certificate, and what it judges others by.</summary>
/// <param name="AccountDiscoveryKey">32 bytes shared by the account's devices; keys what they announce</param>
public sealed record DeviceIdentity(
    ISigner Key,
    DeviceCertificate Certificate,
    TrustRoot Trust,
    ReadOnlyMemory<byte> AccountDiscoveryKey,
    Uri Server)
{
    public DeviceId DeviceId => Certificate.DeviceId;
}
