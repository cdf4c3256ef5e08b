using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys;

/// <summary>Where the service's signing keys live. It hands out what can sign, never a private key.</summary>
internal interface ISigningKeyStore : IDisposable
{
    bool HoldsKeys { get; }

    /// <summary>Makes one key for each role, where there are none.</summary>
    void CreateKeys(IRandomSource random);

    /// <summary>The key this service signs with in this role.</summary>
    ISigner SignerFor(TrustKey.Types.Role role);
}
