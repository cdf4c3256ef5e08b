using System.Buffers.Binary;
using System.Security.Cryptography;
using NSec.Cryptography;

namespace OpenShare.Protocol.Channel;

/// <summary>
/// One direction's key and nonce counter. The counter never repeats under a key: every record takes the next one,
/// and after <see cref="RekeyVolume"/> the key itself moves on (HKDF-Expand of the key) and the counter starts again.
/// Both sides count the same records, so no message is needed.
/// </summary>
internal sealed class RecordKey : IDisposable
{
    private readonly RekeyVolume _volume;
    private readonly byte[] _key;
    private IRecordCipher _cipher;
    private ulong _counter;
    private long _bytes;

    /// <param name="key">taken over: it moves on in place, so that nobody keeps a key whose records have passed</param>
    internal RecordKey(byte[] key, RekeyVolume? volume = null)
    {
        _key = key;
        _volume = volume ?? RekeyVolume.Default;
        _cipher = RecordCipher.Create(_key);
    }

    /// <summary>Seals in place: header and plaintext are there, the tag's 16 bytes are written.</summary>
    internal void Seal(ReadOnlySpan<byte> header, Span<byte> text, Span<byte> tag)
    {
        Span<byte> nonce = stackalloc byte[12];
        Next(nonce, text.Length);
        _cipher.Seal(nonce, header, text, tag);
    }

    /// <returns>false where the record was altered, replayed or out of order: its bytes are not to be used</returns>
    internal bool Open(ReadOnlySpan<byte> header, Span<byte> text, ReadOnlySpan<byte> tag)
    {
        Span<byte> nonce = stackalloc byte[12];
        Next(nonce, text.Length);
        return _cipher.Open(nonce, header, text, tag);
    }

    public void Dispose()
    {
        _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_key);
    }

    private void Next(Span<byte> nonce, int length)
    {
        if (_counter >= _volume.Records || _bytes >= _volume.Bytes)
            Rekey();
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], _counter++);
        _bytes += length;
    }

    private void Rekey()
    {
        var next = KeyDerivationAlgorithm.HkdfSha256.Expand(_key, "openshare/rekey/v1"u8, _key.Length);
        next.CopyTo(_key, 0);
        CryptographicOperations.ZeroMemory(next);
        _cipher.Dispose();
        _cipher = RecordCipher.Create(_key);
        _counter = 0;
        _bytes = 0;
    }
}

/// <summary>How much one key protects before the next takes over.</summary>
internal sealed record RekeyVolume(ulong Records, long Bytes)
{
    /// <summary>64 GiB or 2^32 records: far below what RFC 8439's construction bears.</summary>
    internal static readonly RekeyVolume Default = new(1UL << 32, 1L << 36);
}
