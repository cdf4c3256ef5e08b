using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Keys;

namespace OpenShare.Simulation.Service;

/// <summary>The service's signing keys, in memory: they outlive its process.</summary>
internal sealed class MemorySigningKeys : ISigningKeyStore
{
    private IReadOnlyList<RoleKey> _keys = [];

    public bool HoldsKeys => _keys.Count > 0;

    public void CreateKeys(IRandomSource random) => _keys = RoleKey.CreateSet(random);

    public ISigner SignerFor(TrustKey.Types.Role role) => _keys.Single(k => k.Role == role).Key;

    public void Dispose()
    {
        // The machine's: the next process signs with them.
    }
}
