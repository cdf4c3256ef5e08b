using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys;

/// <summary>Where the service's signing keys live. It hands out what can sign, never a private key.</summary>
internal interface ISigningKeyStore : IDisposable
{
    bool HoldsKeys { get; }

    /// <summary>Makes one key for each role, where there are none.</summary>
    void CreateKeys(IRandomSource random);

    /// <summary>Makes another key of this role; it is kept before this returns.</summary>
    ISigner Add(TrustKey.Types.Role role, IRandomSource random);

    /// <summary>The keys of this role, oldest first. Which of them is to sign the trust root says.</summary>
    IReadOnlyList<ISigner> Signers(TrustKey.Types.Role role);
}
