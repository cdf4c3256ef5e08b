using OpenShare.Device.Hosting;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Revocation;

public static class RevocationEvents
{
    /// <summary>A newer verified list is in force and on disk (or was found on disk at start).</summary>
    /// <param name="List">null: none is in force any more, since the key of the one before was withdrawn</param>
    public sealed record RevocationChanged(RevocationList? List) : IDeviceState;
}
