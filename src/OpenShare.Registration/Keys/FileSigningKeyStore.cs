using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys;

/// <summary>The embedded default: all keys in one file, encrypted under a passphrase, opened when first asked to sign.</summary>
internal sealed class FileSigningKeyStore : ISigningKeyStore
{
    private readonly string _file;
    private readonly Passphrase _passphrase;
    private readonly Lazy<IReadOnlyList<RoleKey>> _keys;

    public FileSigningKeyStore(string file, Passphrase passphrase)
    {
        _file = file;
        _passphrase = passphrase;
        _keys = new Lazy<IReadOnlyList<RoleKey>>(Open);
    }

    public bool HoldsKeys => File.Exists(_file);

    public void CreateKeys(IRandomSource random)
    {
        _passphrase.EnsureExists(random);
        var passphrase = _passphrase.Read();
        var keys = RoleKey.CreateSet(random);
        OwnerOnlyFile.Write(_file, SealedKeys.Seal(keys, passphrase, random).ToJson());
        Array.Clear(passphrase);
        foreach (var key in keys)
            key.Key.Dispose();
    }

    public ISigner SignerFor(TrustKey.Types.Role role) =>
        _keys.Value.LastOrDefault(k => k.Role == role)?.Key ?? throw new UserError($"{_file} holds no key of the role {role}.");

    public void Dispose()
    {
        if (!_keys.IsValueCreated)
            return;
        foreach (var key in _keys.Value)
            key.Key.Dispose();
    }

    private IReadOnlyList<RoleKey> Open()
    {
        var passphrase = _passphrase.Read();
        try
        {
            var info = new FileInfo(_file);
            if (info.Length > SealedKeys.MaxFileSize)
                throw new ProtocolException($"it is larger than {SealedKeys.MaxFileSize} bytes");
            return SealedKeys.FromJson(File.ReadAllBytes(_file)).Open(passphrase)
                ?? throw new UserError($"The passphrase in {_passphrase} does not open the signing keys in {_file}. Give the right one with --passphrase-file.");
        }
        catch (Exception error) when (error is ProtocolException or IOException or UnauthorizedAccessException)
        {
            throw new UserError($"The signing keys in {_file} cannot be read: {error.Message}. Restore the file from a backup.");
        }
        finally
        {
            Array.Clear(passphrase);
        }
    }
}
