using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys;

/// <summary>Keys at two places: what was made at the earlier one signs until it is rotated, and the next key is made at the other.</summary>
internal sealed class MovingKeyStore(ISigningKeyStore next, ISigningKeyStore earlier) : ISigningKeyStore
{
    public string Place => $"{next.Place} or {earlier.Place}";

    public bool HoldsKeys => earlier.HoldsKeys || next.HoldsKeys;

    public void CreateKeys(IRandomSource random) => earlier.CreateKeys(random);

    public ISigner Add(TrustKey.Types.Role role, IRandomSource random) => next.Add(role, random);

    public void Remove(TrustKey.Types.Role role, PublicKey key, IReadOnlyCollection<PublicKey> needed, IRandomSource random)
    {
        earlier.Remove(role, key, needed, random);
        next.Remove(role, key, needed, random);
    }

    public void Refresh()
    {
        next.Refresh();
        earlier.Refresh();
    }

    public IReadOnlyList<ISigner> Signers(TrustKey.Types.Role role) => [.. earlier.Signers(role), .. next.Signers(role)];

    public string? PlaceOf(TrustKey.Types.Role role, PublicKey key) => earlier.PlaceOf(role, key) ?? next.PlaceOf(role, key);

    public void Dispose()
    {
        next.Dispose();
        earlier.Dispose();
    }
}
