using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Protocol.Handshake;

/// <summary>This device as it stands at the start of a handshake: what it shows, and what it judges the other side by.</summary>
/// <param name="Duplicates">device ids that two places claim at once: refused until that is resolved</param>
/// <param name="Floor">below which its idea of time does not run, whatever its clock says</param>
public sealed record HandshakeParty(
    ISigner Key,
    DeviceCertificate Certificate,
    TrustRoot Trust,
    RevocationList? Revoked,
    IReadOnlySet<DeviceId> Duplicates,
    TimeFloor Floor)
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
}
