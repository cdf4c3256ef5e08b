using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Storage.Database;

/// <summary>The newest revocation list ever held.</summary>
public interface IRevocationStore
{
    /// <exception cref="ProtocolException">the list held is not signed by a key this trust root lists</exception>
    RevocationList? Load(TrustRoot trust);

    /// <summary>Durably.</summary>
    /// <returns>false, and nothing changes, when a list as new or newer is held</returns>
    bool Save(RevocationList list);

    /// <summary>Forgets the list: its key was withdrawn.</summary>
    void Discard();
}
