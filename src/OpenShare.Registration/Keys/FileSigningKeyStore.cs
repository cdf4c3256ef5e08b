using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys;

/// <summary>The embedded default: all keys in one file, encrypted under a passphrase, opened when first asked to sign.</summary>
internal sealed class FileSigningKeyStore : ISigningKeyStore
{
    private readonly string _file;
    private readonly Passphrase _passphrase;
    private readonly SealingCost _cost;
    private readonly Lock _lock = new();
    private IReadOnlyList<RoleKey>? _keys;

    /// <param name="cost">of what is written</param>
    public FileSigningKeyStore(string file, Passphrase passphrase, SealingCost cost) => (_file, _passphrase, _cost) = (file, passphrase, cost);

    public string Place => _file;

    public bool HoldsKeys => File.Exists(_file);

    public void CreateKeys(IRandomSource random)
    {
        // A first run that was cut short goes on with what it made.
        if (HoldsKeys)
            return;
        _passphrase.EnsureExists(random);
        var keys = RoleKey.CreateSet(random);
        Write(keys, random);
        foreach (var key in keys)
            key.Key.Dispose();
    }

    public ISigner Add(TrustKey.Types.Role role, IRandomSource random)
    {
        var added = new RoleKey(role, SigningKey.Create(random));
        Change(keys => [.. keys, added], random);
        return added.Key;
    }

    public void Remove(TrustKey.Types.Role role, PublicKey key, IReadOnlyCollection<PublicKey> needed, IRandomSource random)
    {
        if (Signers(role).Any(s => s.PublicKey.Equals(key)))
            Change(keys => [.. keys.Where(k => k.Role != role || !k.Key.PublicKey.Equals(key))], random);
    }

    public void Refresh()
    {
        // Those that are held are not disposed of: somebody may be signing with one.
        lock (_lock)
            _keys = null;
    }

    public IReadOnlyList<ISigner> Signers(TrustKey.Types.Role role)
    {
        lock (_lock)
            return [.. Opened().Where(k => k.Role == role).Select(k => k.Key)];
    }

    public void Dispose()
    {
        foreach (var key in _keys ?? [])
            key.Key.Dispose();
    }

    private void Change(Func<IReadOnlyList<RoleKey>, IReadOnlyList<RoleKey>> change, IRandomSource random)
    {
        lock (_lock)
        {
            // Read again: those that another instance has made since must not be lost.
            var keys = change(Open());
            Write(keys, random);
            _keys = keys;
        }
    }

    private void Write(IReadOnlyList<RoleKey> keys, IRandomSource random)
    {
        var passphrase = _passphrase.Read();
        var json = SealedKeys.Seal(keys, passphrase, random, _cost).ToJson();
        Array.Clear(passphrase);
        // One that is too large to be read would be found out by the next start.
        if (json.Length > SealedKeys.MaxFileSize)
            throw new UserError($"With {keys.Count} keys {_file} would be larger than {SealedKeys.MaxFileSize} bytes. It was left as it was.");
        OwnerOnlyFile.Write(_file, json);
    }

    private IReadOnlyList<RoleKey> Opened() => _keys ??= Open();

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
