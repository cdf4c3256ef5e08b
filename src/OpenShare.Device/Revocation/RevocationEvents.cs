using OpenShare.Device.Hosting;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Revocation;

public static class RevocationEvents
{
    /// <summary>A newer verified list is in force and on disk (or was found on disk at start).</summary>
    public sealed record RevocationChanged(RevocationList List) : IDeviceState;
}
