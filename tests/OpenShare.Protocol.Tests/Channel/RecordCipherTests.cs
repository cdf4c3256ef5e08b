using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using PlatformCipher = System.Security.Cryptography.ChaCha20Poly1305;

namespace OpenShare.Protocol.Tests.Channel;

/// <summary>A device with the platform's cipher and one without it read each other's records.</summary>
public sealed class RecordCipherTests
{
    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 12).Select(b => (byte)b)];
    private static readonly byte[] Header = [3, 0, 1, 0];

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(262144)]
    public void Platform_and_fallback_cipher_write_the_same_record_and_read_each_others(int length)
    {
        Skip.IfNot(PlatformCipher.IsSupported, "the platform has no ChaCha20-Poly1305");
        var key = new SeededRandom(length).Bytes(32);
        var text = new SeededRandom(length + 1).Bytes(length);
        using var platform = new RecordCipher.Platform(key);
        using var fallback = new RecordCipher.Sodium(key);

        var (byPlatform, tagPlatform) = Seal(platform, text);
        var (byFallback, tagFallback) = Seal(fallback, text);
        Assert.Equal(byPlatform, byFallback);
        Assert.Equal(tagPlatform, tagFallback);

        Assert.True(fallback.Open(Nonce, Header, byPlatform, tagPlatform));
        Assert.True(platform.Open(Nonce, Header, byFallback, tagFallback));
        Assert.Equal(text, byPlatform);
        Assert.Equal(text, byFallback);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_ciphers_refuse_another_header_nonce_tag_or_text_and_leave_no_plaintext(bool usePlatform)
    {
        Skip.If(usePlatform && !PlatformCipher.IsSupported, "the platform has no ChaCha20-Poly1305");
        var key = new SeededRandom(7).Bytes(32);
        using IRecordCipher cipher = usePlatform ? new RecordCipher.Platform(key) : new RecordCipher.Sodium(key);
        var plain = "not for everyone"u8.ToArray();

        Refuses((_, _, _, header) => header[0] ^= 1);
        Refuses((nonce, _, _, _) => nonce[11] ^= 1);
        Refuses((_, text, _, _) => text[0] ^= 1);
        Refuses((_, _, tag, _) => tag[15] ^= 1);

        void Refuses(Action<byte[], byte[], byte[], byte[]> change)
        {
            var (text, tag) = Seal(cipher, plain);
            byte[] nonce = [.. Nonce], header = [.. Header];
            change(nonce, text, tag, header);
            Assert.False(cipher.Open(nonce, header, text, tag));
            Assert.NotEqual(plain, text);
        }
    }

    private static (byte[] Text, byte[] Tag) Seal(IRecordCipher cipher, byte[] plain)
    {
        byte[] text = [.. plain], tag = new byte[16];
        cipher.Seal(Nonce, Header, text, tag);
        return (text, tag);
    }
}
