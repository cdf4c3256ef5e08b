using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Keys;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Registration;

/// <summary>A key at rest in memory, or one that cannot be opened.</summary>
internal sealed class MemoryKeyStore : IKeyStore
{
    private byte[]? _seed;

    public string Protection => "in memory";

    /// <summary>Why the key cannot be opened; null: it can.</summary>
    public string? Locked { get; set; }

    public SigningKey? Load() =>
        Locked is not null ? throw new StorageException(Locked) : _seed is null ? null : SigningKey.FromSeed(_seed);

    public void Save(SigningKey key) => _seed = key.ExportSeed();
}
