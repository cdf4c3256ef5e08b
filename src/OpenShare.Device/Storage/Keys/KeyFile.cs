using System.Security.Cryptography;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Storage.Keys;

/// <summary>The private key in a file of the home: encrypted where there is a passphrase, else readable for the file's owner.</summary>
public sealed class KeyFile : IKeyStore
{
    // A key file has 118 bytes at most.
    private const int LargestFile = 4096;

    private readonly string _path;
    private readonly Func<byte[]?> _passphrase;
    private readonly IRandomSource _random;
    private readonly KeyHardness _hardness;

    private KeyFile(string path, Func<byte[]?> passphrase, IRandomSource random, KeyHardness hardness)
    {
        _path = path;
        _passphrase = passphrase;
        _random = random;
        _hardness = hardness;
    }

    public string Protection { get; private set; } = "";

    /// <param name="passphrase">
    /// gives the passphrase's bytes each time they are needed (they are zeroed after use), or null where the user has none
    /// </param>
    /// <exception cref="StorageException">the file is there and cannot be read</exception>
    public static KeyFile Open(string path, Func<byte[]?> passphrase, IRandomSource random) => Open(path, passphrase, random, KeyHardness.Default);

    internal static KeyFile Open(string path, Func<byte[]?> passphrase, IRandomSource random, KeyHardness hardness)
    {
        var store = new KeyFile(path, passphrase, random, hardness);
        var file = store.ReadFile();
        var given = file is null ? passphrase() : null;
        store.Describe(file is null ? given is not null : KeyFileFormat.IsSealed(file));
        Zero(given);
        Zero(file);
        return store;
    }

    public SigningKey? Load()
    {
        var file = ReadFile();
        if (file is null)
            return null;
        byte[]? seed = null;
        try
        {
            seed = KeyFileFormat.Read(file, _passphrase);
            var key = SigningKey.FromSeed(seed);
            // A passphrase that is given for a plain file is meant: from now on it protects the key.
            if (!KeyFileFormat.IsSealed(file))
                SealIfPossible(seed);
            return key;
        }
        catch (StorageException problem)
        {
            throw new StorageException($"The key file {_path} {problem.Message}", problem);
        }
        finally
        {
            Zero(seed);
            Zero(file);
        }
    }

    public void Save(SigningKey key)
    {
        var seed = key.ExportSeed();
        try
        {
            if (!SealIfPossible(seed))
                Write(KeyFileFormat.WritePlain(seed), isSealed: false);
        }
        finally
        {
            Zero(seed);
        }
    }

    private bool SealIfPossible(byte[] seed)
    {
        var passphrase = _passphrase();
        if (passphrase is null)
            return false;
        if (passphrase.Length == 0)
            throw new StorageException("The passphrase is empty. Give one that is not, or none at all.");
        try
        {
            Write(
                KeyFileFormat.WriteSealed(seed, passphrase, _hardness, _random.Bytes(KeyFileFormat.SaltSize), _random.Bytes(KeyFileFormat.NonceSize)),
                isSealed: true);
            return true;
        }
        finally
        {
            Zero(passphrase);
        }
    }

    private void Write(byte[] file, bool isSealed)
    {
        try
        {
            DurableFile.Write(_path, file);
            Describe(isSealed);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The key file {_path} cannot be written: {error.Message}", error);
        }
        finally
        {
            Zero(file);
        }
    }

    private byte[]? ReadFile()
    {
        try
        {
            if (!File.Exists(_path))
                return null;
            return new FileInfo(_path).Length <= LargestFile
                ? File.ReadAllBytes(_path)
                : throw new StorageException($"The key file {_path} is no OpenShare key file.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The key file {_path} cannot be read: {error.Message}", error);
        }
    }

    private void Describe(bool isSealed) => Protection = isSealed
        ? "private key in a file encrypted under your passphrase (Argon2id, ChaCha20-Poly1305)"
        : OperatingSystem.IsWindows()
            ? "private key in a plain file in your profile; use --passphrase-file to encrypt it"
            : "private key in a plain file that only your user account may read (mode 0600); use --passphrase-file to encrypt it";

    private static void Zero(byte[]? bytes) => CryptographicOperations.ZeroMemory(bytes);
}
