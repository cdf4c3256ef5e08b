using System.Text;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Keys;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Storage.Keys;

public sealed class KeyFileTests : IDisposable
{
    private const string Secret = "correct horse battery staple";

    // What guessing costs matters to nobody here.
    private static readonly KeyHardness Quick = new(64, 1);

    private readonly TemporaryFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create(new SeededRandom(3));

    private string File => _folder["device.key"];

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Before_there_is_a_key_nothing_is_loaded_and_nothing_made()
    {
        Assert.Null(Open(null).Load());
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void Without_a_passphrase_the_file_is_for_its_owner_only_and_that_is_said()
    {
        var store = Open(null);
        Assert.Contains("plain file that only your user account may read (mode 0600)", store.Protection, StringComparison.Ordinal);

        store.Save(_key);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Contains("mode 0600", Open(null).Protection, StringComparison.Ordinal);
        Assert.Equal(_key.ExportSeed(), Open(null).Load()!.ExportSeed());
    }

    [Fact]
    public void With_a_passphrase_the_seed_is_not_in_the_file_and_comes_back()
    {
        Open(Secret).Save(_key);

        Assert.Equal(-1, System.IO.File.ReadAllBytes(File).AsSpan().IndexOf(_key.ExportSeed().AsSpan(0, 8)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal("private key in a file encrypted under your passphrase (Argon2id, ChaCha20-Poly1305)", Open(Secret).Protection);
        Assert.Equal(_key.ExportSeed(), Open(Secret).Load()!.ExportSeed());
    }

    [Fact]
    public void The_hardness_of_an_ordinary_key_file_is_the_one_of_RFC_9106()
    {
        KeyFile.Open(File, () => Encoding.UTF8.GetBytes(Secret), new SeededRandom(1)).Save(_key);

        Assert.Equal([0, 1, 0, 0, 0, 0, 0, 3], System.IO.File.ReadAllBytes(File)[15..23]);
    }

    [Fact]
    public void A_passphrase_given_for_a_plain_file_protects_it_from_then_on()
    {
        Open(null).Save(_key);

        var store = Open(Secret);
        Assert.Contains("plain file", store.Protection, StringComparison.Ordinal);
        store.Load();

        Assert.Contains("encrypted", store.Protection, StringComparison.Ordinal);
        Assert.Throws<StorageException>(() => Open(null).Load());
        Assert.Equal(_key.ExportSeed(), Open(Secret).Load()!.ExportSeed());
    }

    [Fact]
    public void The_passphrases_bytes_are_wiped_after_use()
    {
        var given = new List<byte[]>();
        var store = KeyFile.Open(File, Give, new SeededRandom(1), Quick);
        store.Save(_key);
        store.Load();

        Assert.Equal(3, given.Count);
        Assert.All(given, bytes => Assert.All(bytes, b => Assert.Equal(0, b)));

        byte[] Give()
        {
            given.Add(Encoding.UTF8.GetBytes(Secret));
            return given[^1];
        }
    }

    [Fact]
    public void A_wrong_passphrase_is_named_as_such_and_is_not_in_the_message()
    {
        Open(Secret).Save(_key);

        Refused("is encrypted under another passphrase than the one given.", "guess at it");
    }

    [Fact]
    public void A_missing_passphrase_is_named_as_such()
    {
        Open(Secret).Save(_key);

        Refused("is encrypted under a passphrase. Give it with --passphrase-file.", null);
    }

    [Fact]
    public void An_empty_passphrase_is_refused_and_no_file_is_made()
    {
        var refused = Assert.Throws<StorageException>(() => Open("").Save(_key));

        Assert.Equal("The passphrase is empty. Give one that is not, or none at all.", refused.Message);
        Assert.False(System.IO.File.Exists(File));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public void Whichever_byte_is_damaged_the_file_is_named_as_damaged(string? passphrase)
    {
        Open(passphrase).Save(_key);
        var whole = System.IO.File.ReadAllBytes(File);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= 0x10;
            System.IO.File.WriteAllBytes(File, damaged);
            Refused(i < 13 ? "is no OpenShare key file." : "is damaged. Restore it from a backup; without one, move it away and register this device anew.", passphrase);
        }
    }

    [Theory]
    [InlineData(0, "is no OpenShare key file.")]
    [InlineData(20, "is no OpenShare key file.")]
    [InlineData(54, "is damaged.")]
    public void A_file_that_was_cut_short_is_named_as_such(int length, string said)
    {
        Open(null).Save(_key);
        System.IO.File.WriteAllBytes(File, System.IO.File.ReadAllBytes(File)[..length]);

        Refused(said, null);
    }

    [Fact]
    public void A_large_file_of_that_name_is_not_read_at_all()
    {
        System.IO.File.WriteAllBytes(File, new byte[1 << 20]);

        Assert.Equal($"The key file {File} is no OpenShare key file.", Assert.Throws<StorageException>(() => Open(null)).Message);
    }

    [Fact]
    public void A_file_that_asks_for_more_memory_than_there_is_sense_in_is_refused_before_it_is_opened()
    {
        var file = KeyFileFormat.WriteSealed(_key.ExportSeed(), "x"u8, Quick, new byte[16], new byte[12]);
        file[15] = 0xFF;
        System.Security.Cryptography.SHA256.HashData(file.AsSpan(..^8)).AsSpan(0, 8).CopyTo(file.AsSpan(^8..));
        System.IO.File.WriteAllBytes(File, file);

        Refused("and 1 passes to be opened, which is outside what this program accepts.", Secret);
    }

    [Fact]
    public void A_file_of_a_later_version_is_refused()
    {
        var file = KeyFileFormat.WritePlain(_key.ExportSeed());
        file[13] = 2;
        System.Security.Cryptography.SHA256.HashData(file.AsSpan(..^8)).AsSpan(0, 8).CopyTo(file.AsSpan(^8..));
        System.IO.File.WriteAllBytes(File, file);

        Refused("is of version 2, which this program does not know. Update OpenShare.", null);
    }

    [Fact]
    public void A_key_that_cannot_be_written_leaves_what_was_there()
    {
        Open(null).Save(_key);
        var before = System.IO.File.ReadAllBytes(File);
        // Nothing can be moved over a directory, and this one stands where the new file is first written.
        Directory.CreateDirectory(File + ".new");

        var refused = Assert.Throws<StorageException>(() => Open(Secret).Save(SigningKey.Create(new SeededRandom(4))));

        Assert.StartsWith($"The key file {File} cannot be written: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_in_nobodys_way()
    {
        System.IO.File.WriteAllText(File + ".new", "half");

        Open(null).Save(_key);

        Assert.Equal([File], Directory.GetFiles(_folder.Path));
    }

    private KeyFile Open(string? passphrase) =>
        KeyFile.Open(File, () => passphrase is null ? null : Encoding.UTF8.GetBytes(passphrase), new SeededRandom(1), Quick);

    private void Refused(string said, string? passphrase)
    {
        var refused = Assert.Throws<StorageException>(() => Open(passphrase).Load());

        var all = refused.ToString();
        Assert.StartsWith($"The key file {File} ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        foreach (var secret in new[] { Secret, passphrase ?? Secret, Convert.ToHexString(_key.ExportSeed()), Convert.ToBase64String(_key.ExportSeed()) })
            Assert.DoesNotContain(secret, all, StringComparison.OrdinalIgnoreCase);
    }
}
