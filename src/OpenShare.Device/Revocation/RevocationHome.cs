using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Revocation;

/// <summary>What the revocation flow finds in the device's home.</summary>
/// <param name="Source">null: the device is not registered</param>
/// <param name="Problem">why the list that was held is held no more; null as a rule</param>
internal sealed record RevocationHome(RevocationSource? Source, RevocationList? Held, string? Problem)
{
    internal static RevocationHome Load(IRegistrationStore registration, IRevocationStore lists)
    {
        if (registration.Load() is not { } record)
            return new RevocationHome(null, null, null);
        var source = new RevocationSource(record.Server, record.ServerTrust, record.Trust.Newest);
        try
        {
            return new RevocationHome(source, lists.Load(record.Trust.Newest), null);
        }
        catch (ProtocolException error)
        {
            // Another organisation's, or under a key withdrawn since: no list of the new keys could ever take its place.
            lists.Discard();
            return new RevocationHome(source, null, error.Message);
        }
    }
}
