using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Storage.Keys;

/// <summary>Where a device's private key rests.</summary>
public interface IKeyStore
{
    /// <summary>How the key is protected, in words for status and for the output of register.</summary>
    string Protection { get; }

    /// <returns>null when no key was stored yet</returns>
    /// <exception cref="StorageException">damaged, a wrong or missing passphrase, or not readable</exception>
    SigningKey? Load();

    /// <summary>Stores the key so that it outlives a loss of power, or throws and leaves what was there.</summary>
    /// <exception cref="StorageException">it cannot be written</exception>
    void Save(SigningKey key);
}
