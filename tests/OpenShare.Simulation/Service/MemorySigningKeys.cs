using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Keys;

namespace OpenShare.Simulation.Service;

/// <summary>The service's signing keys, in memory: they outlive its process.</summary>
internal sealed class MemorySigningKeys : ISigningKeyStore
{
    private IReadOnlyList<RoleKey> _keys = [];

    public string Place => "memory";

    public bool HoldsKeys => _keys.Count > 0;

    public void CreateKeys(IRandomSource random)
    {
        if (!HoldsKeys)
            _keys = RoleKey.CreateSet(random);
    }

    public ISigner Add(TrustKey.Types.Role role, IRandomSource random)
    {
        _keys = [.. _keys, new RoleKey(role, SigningKey.Create(random))];
        return _keys[^1].Key;
    }

    public void Remove(TrustKey.Types.Role role, PublicKey key, IReadOnlyCollection<PublicKey> needed, IRandomSource random) =>
        _keys = [.. _keys.Where(k => k.Role != role || !k.Key.PublicKey.Equals(key))];

    public IReadOnlyList<ISigner> Signers(TrustKey.Types.Role role) => [.. _keys.Where(k => k.Role == role).Select(k => k.Key)];

    public void Dispose()
    {
        // The machine's: the next process signs with them.
    }
}
