using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Keys;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Registration;

/// <summary>A key at rest in memory, or one that cannot be opened.</summary>
internal sealed class MemoryKeyStore : IKeyStore
{
    /// <summary>The private key that is kept; null: none.</summary>
    public byte[]? Seed { get; private set; }

    public string Protection => "in memory";

    /// <summary>Why the key cannot be opened; null: it can.</summary>
    public string? Locked { get; set; }

    public SigningKey? Load() =>
        Locked is not null ? throw new StorageException(Locked) : Seed is null ? null : SigningKey.FromSeed(Seed);

    public void Save(SigningKey key) => Seed = key.ExportSeed();
}
