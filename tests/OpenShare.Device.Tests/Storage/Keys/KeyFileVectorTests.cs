using System.Text;
using System.Text.Json.Nodes;
using OpenShare.Device.Storage.Keys;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Device.Tests.Storage.Keys;

/// <summary>tests/vectors/key-file.json: one key file of each kind, byte for byte.</summary>
public sealed class KeyFileVectorTests
{
    private const string Name = "key-file.json";

    private static readonly byte[] Seed = [.. Enumerable.Range(0, SigningKey.SeedSize).Select(i => (byte)i)];
    private static readonly byte[] Salt = [.. Enumerable.Range(0x60, KeyFileFormat.SaltSize).Select(i => (byte)i)];
    private static readonly byte[] Nonce = [.. Enumerable.Range(0x70, KeyFileFormat.NonceSize).Select(i => (byte)i)];

    [Fact]
    public void The_format_is_the_one_of_the_vectors() => VectorFile.Check(Name, new JsonObject
    {
        ["description"] = "A device's key file, version 1. All numbers are big-endian: "
            + "\"openshare-key\" (13 bytes), version (1), kind (1: plain, 2: passphrase), content, and the first 8 bytes of SHA-256 of all before. "
            + "Plain: the seed (32). Passphrase: memory in KiB (4), passes (4), salt (16), nonce (12), then the seed sealed by ChaCha20-Poly1305 (32 + 16) "
            + "under Argon2id of the passphrase (parallelism 1, 32 bytes), with all that stands before it as associated data.",
        ["seed"] = VectorFile.Hex(Seed),
        ["public_key"] = VectorFile.Hex(SigningKey.FromSeed(Seed).PublicKey.Bytes),
        ["plain_file"] = VectorFile.Hex(KeyFileFormat.WritePlain(Seed)),
        ["sealed"] = new JsonObject
        {
            ["passphrase"] = "correct horse battery staple",
            ["memory_kib"] = KeyHardness.Default.MemoryKib,
            ["passes"] = KeyHardness.Default.Passes,
            ["salt"] = VectorFile.Hex(Salt),
            ["nonce"] = VectorFile.Hex(Nonce),
            ["file"] = VectorFile.Hex(KeyFileFormat.WriteSealed(Seed, "correct horse battery staple"u8, KeyHardness.Default, Salt, Nonce)),
        },
    });

    [Fact]
    public void Both_files_of_the_vectors_give_their_seed()
    {
        var vector = VectorFile.Read(Name);
        var locked = vector["sealed"]!;

        Assert.Equal(vector.Bytes("seed"), KeyFileFormat.Read(vector.Bytes("plain_file"), () => null));
        Assert.Equal(vector.Bytes("seed"), KeyFileFormat.Read(locked.Bytes("file"), () => Encoding.UTF8.GetBytes(locked.Text("passphrase"))));
    }
}
