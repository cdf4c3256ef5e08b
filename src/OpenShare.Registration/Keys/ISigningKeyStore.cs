using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys;

/// <summary>Where the service's signing keys live. It hands out what can sign, never a private key.</summary>
/// <remarks>Each of them may find its keys out of reach, and says so by a <see cref="UserError"/>; so do the signers it hands out.</remarks>
internal interface ISigningKeyStore : IDisposable
{
    /// <summary>As a person is told where it is.</summary>
    string Place { get; }

    bool HoldsKeys { get; }

    /// <summary>Makes one key for each role, for a service that runs the first time.</summary>
    /// <exception cref="UserError">there are keys already, and they may be another service's</exception>
    void CreateKeys(IRandomSource random);

    /// <summary>Makes another key of this role; it is kept before this returns.</summary>
    ISigner Add(TrustKey.Types.Role role, IRandomSource random);

    /// <summary>Destroys this key, where it is here: whoever gets at this store afterwards does not find it.</summary>
    /// <param name="needed">what is to stay, whatever becomes of that key</param>
    /// <exception cref="UserError">it is not taken away here, or not without one that is needed</exception>
    void Remove(TrustKey.Types.Role role, PublicKey key, IReadOnlyCollection<PublicKey> needed, IRandomSource random);

    /// <summary>Another instance of the service has made keys since: those that are held are read again when they are needed.</summary>
    void Refresh() { }

    /// <summary>The keys of this role. Which of them is to sign the trust root says.</summary>
    IReadOnlyList<ISigner> Signers(TrustKey.Types.Role role);

    /// <returns>where this key is; null: elsewhere</returns>
    string? PlaceOf(TrustKey.Types.Role role, PublicKey key) => Signers(role).Any(s => s.PublicKey.Equals(key)) ? Place : null;
}
