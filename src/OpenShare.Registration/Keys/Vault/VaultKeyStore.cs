using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys.Vault;

/// <summary>
/// Keys in Vault's transit engine: made there, and never outside of it. Each role has one key by Vault's word, and its versions are
/// the keys of that role.
/// </summary>
internal sealed class VaultKeyStore(VaultAddress address, VaultLink link) : ISigningKeyStore
{
    private const string Type = "ed25519";

    // What Vault has is asked for once, and again when this or another instance has changed it.
    private volatile ConcurrentDictionary<TrustKey.Types.Role, IReadOnlyDictionary<PublicKey, int>> _known = new();

    public string Place => address.ToString();

    public bool HoldsKeys => OrganisationTrust.Roles.Any(role => Versions(role).Count > 0);

    public void CreateKeys(IRandomSource random)
    {
        if (HoldsKeys)
            throw new UserError($"{Place} has keys named {address.Prefix}-… already: of another service, of one whose database was lost, or of a first run that was cut short. Name others with prefix=NAME, or delete them.");
        foreach (var role in OrganisationTrust.Roles)
            Add(role, random);
    }

    public ISigner Add(TrustKey.Types.Role role, IRandomSource random)
    {
        if (Find(role) is null)
            link.Do(HttpMethod.Post, Path(role), new VaultMessages.CreateKey(Type));
        else
            link.Do(HttpMethod.Post, Path(role) + "/rotate", new { });
        var versions = _known[role] = Read(role);
        return Signer(role, versions.MaxBy(v => v.Value).Key ?? throw new UserError($"{Place} made no key {Name(role)}."));
    }

    public void Remove(TrustKey.Types.Role role, PublicKey key, IReadOnlyCollection<PublicKey> needed, IRandomSource random)
    {
        var versions = Read(role);
        if (versions.TryGetValue(key, out var version))
        {
            // Versions go from the oldest on, and the last one with the name: all of them.
            if (versions.Where(v => v.Value < version && needed.Contains(v.Key)).Select(v => (int?)v.Value).Max() is { } kept)
                throw new UserError($"{Place} takes version {version} of {Name(role)} away with those before it alone, and version {kept} is needed.");
            if (version == versions.Values.Max())
            {
                link.Do(HttpMethod.Post, Path(role) + "/config", new VaultMessages.ConfigureKey(DeletionAllowed: true));
                link.Do(HttpMethod.Delete, Path(role));
            }
            else
            {
                link.Do(HttpMethod.Post, Path(role) + "/config", new VaultMessages.ConfigureKey(MinDecryptionVersion: version + 1, MinEncryptionVersion: version + 1));
                link.Do(HttpMethod.Post, Path(role) + "/trim", new VaultMessages.TrimKey(version + 1));
            }
        }
        _known[role] = Read(role);
    }

    // Another one: what was asked for before goes into the one before.
    public void Refresh() => _known = new();

    public IReadOnlyList<ISigner> Signers(TrustKey.Types.Role role) => [.. Versions(role).Keys.Select(key => Signer(role, key))];

    public void Dispose() => link.Dispose();

    private RemoteSigner Signer(TrustKey.Types.Role role, PublicKey key) => new(key, Place, data => Sign(role, key, data));

    private byte[] Sign(TrustKey.Types.Role role, PublicKey key, byte[] data)
    {
        if (!Versions(role).TryGetValue(key, out var version))
            throw new UserError($"The key {key} is no longer in {Place}.");
        var text = link.Post<VaultMessages.Signed>($"sign/{Name(role)}", new VaultMessages.Sign(data, version)).Signature;
        var (prefix, signature) = ($"vault:v{version.ToString(CultureInfo.InvariantCulture)}:", new byte[PublicKey.SignatureSize]);
        return text.StartsWith(prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[prefix.Length..], signature, out var length) && length == signature.Length
            ? signature
            : throw new UserError($"What {Place} gave as a signature is none of version {version} of {Name(role)}. It was not used.");
    }

    private IReadOnlyDictionary<PublicKey, int> Versions(TrustKey.Types.Role role) => _known.GetOrAdd(role, Read);

    /// <exception cref="UserError">it could be anywhere, or is of another kind</exception>
    private IReadOnlyDictionary<PublicKey, int> Read(TrustKey.Types.Role role)
    {
        if (Find(role) is not { } key)
            return new Dictionary<PublicKey, int>();
        if (key.Type != Type || key.Derived)
            throw new UserError($"{Name(role)} in {Place} is {(key.Derived ? "a key to derive others from" : $"of type {Printable.Shorten(key.Type, 40)}")}, and a signing key is of type {Type}.");
        if (key.Exportable || key.AllowPlaintextBackup || key.ImportedKey)
            throw new UserError($"The key {Name(role)} in {Place} {(key.ImportedKey ? "was brought there from elsewhere" : "can be exported")}, and so may be anywhere. It is not used: delete it, and have the service make its own.");
        try
        {
            return key.Keys.ToDictionary(k => PublicKey.FromBytes(k.Value.Deserialize<VaultMessages.KeyVersion>(RegistrationJson.Options)!.PublicKey), k => int.Parse(k.Key, CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is ProtocolException or JsonException or FormatException or ArgumentException)
        {
            throw new UserError($"The versions of {Name(role)} in {Place} are not understood: {error.Message}");
        }
    }

    private VaultMessages.Key? Find(TrustKey.Types.Role role) => link.Find<VaultMessages.Key>(Path(role));

    private string Path(TrustKey.Types.Role role) => $"keys/{Name(role)}";

    private string Name(TrustKey.Types.Role role) => $"{address.Prefix}-{OrganisationTrust.Name(role)}";
}
