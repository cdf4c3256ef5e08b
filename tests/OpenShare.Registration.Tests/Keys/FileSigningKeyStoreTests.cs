using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Keys;

/// <summary>What is written is read back, however many keys there are by then.</summary>
public sealed class FileSigningKeyStoreTests : IDisposable
{
    private readonly SystemRandom _random = new();
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_keys_of_hundreds_of_rotations_are_read_at_the_next_start()
    {
        Write(1000);
        PublicKey added;
        using (var store = Open())
            added = store.Add(TrustKey.Types.Role.Issuing, _random).PublicKey;
        using var again = Open();
        Assert.Equal(1001, again.Signers(TrustKey.Types.Role.Issuing).Count);
        Assert.Equal(added, again.Signers(TrustKey.Types.Role.Issuing)[^1].PublicKey);
    }

    [Fact]
    public void More_keys_than_are_read_are_refused_and_the_file_is_left_as_it_was()
    {
        var (count, last) = (5_945, 0);
        for (; Write(count) <= SealedKeys.MaxFileSize; count++)
            last = count;
        Assert.True(last > 0);
        Write(last);
        var before = File.ReadAllBytes(Keys);
        using (var store = Open())
        {
            Assert.Contains($"With {last + 1} keys", Assert.Throws<UserError>(() => store.Add(TrustKey.Types.Role.Issuing, _random)).Message, StringComparison.Ordinal);
            Assert.Equal(last, store.Signers(TrustKey.Types.Role.Issuing).Count);
        }
        Assert.Equal(before, File.ReadAllBytes(Keys));
        using var again = Open();
        Assert.Equal(last, again.Signers(TrustKey.Types.Role.Issuing).Count);
    }

    private string Keys => _directory.File("keys.json");

    private FileSigningKeyStore Open() => new(Keys, Passphrase.Find(_directory.File("passphrase"), new DataDirectory(_directory.Path)), SealingCost.Least);

    private long Write(int count)
    {
        File.WriteAllText(_directory.File("passphrase"), "correct horse battery staple");
        using var key = SigningKey.Create(_random);
        File.WriteAllBytes(Keys, SealedKeys.Seal([.. Enumerable.Repeat(new RoleKey(TrustKey.Types.Role.Issuing, key), count)], "correct horse battery staple"u8, _random, SealingCost.Least).ToJson());
        return new FileInfo(Keys).Length;
    }
}
