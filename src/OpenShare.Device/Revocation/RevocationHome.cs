using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Revocation;

/// <summary>What the revocation flow finds in the device's home.</summary>
/// <param name="Source">null: the device is not registered</param>
/// <param name="Problem">why the list that was held is held no more; null as a rule</param>
internal sealed record RevocationHome(RevocationSource? Source, RevocationList? Held, string? Problem)
{
    /// <param name="told">the trust root in force, where that was told: the newest may be in memory only; null: the one on disk</param>
    internal static RevocationHome Load(IRegistrationStore registration, IRevocationStore lists, TrustRoot? told)
    {
        if (registration.Load() is not { } record)
            return new RevocationHome(null, null, null);
        var trust = told ?? record.Trust.Newest;
        var source = new RevocationSource(record.Server, record.ServerTrust, trust);
        try
        {
            return new RevocationHome(source, lists.Load(trust), null);
        }
        catch (ProtocolException error)
        {
            // Another organisation's, or under a key withdrawn since: no list of the new keys could ever take its place.
            lists.Discard();
            return new RevocationHome(source, null, error.Message);
        }
    }
}
