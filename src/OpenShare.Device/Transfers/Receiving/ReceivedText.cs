using System.Security.Cryptography;
using System.Text;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>A text that is in its place, read there again: shown is what arrived, or nothing.</summary>
internal static class ReceivedText
{
    /// <summary>Blocks: for a worker.</summary>
    /// <param name="manifest">of a text</param>
    internal static TextView Read(string destination, Manifest manifest, Receipt receipt)
    {
        var text = manifest.Text!;
        var name = receipt.Outcomes[0].StoredAs is { Length: > 0 } other ? other : text.Path.Value;
        var path = Path.Combine(destination, name);
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length != text.Size)
                return new TextView(path, null);
            var bytes = new byte[text.Size];
            file.ReadExactly(bytes);
            return new TextView(path, Matches(bytes, manifest, text) ? Encoding.UTF8.GetString(bytes) : null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new TextView(path, null);
        }
    }

    private static bool Matches(byte[] bytes, Manifest manifest, TransferEntry text)
    {
        for (var ordinal = text.Chunks.First; ordinal < text.Chunks.End; ordinal++)
        {
            var chunk = manifest.Locate(ordinal);
            if (!SHA256.HashData(bytes.AsSpan((int)chunk.Offset, chunk.Length)).AsSpan().SequenceEqual(chunk.Sha256.Span))
                return false;
        }
        return true;
    }
}
