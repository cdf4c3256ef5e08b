using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>
/// The readable form: {"manifest_id","filename","size","chunk_hashes":["sha256:…"],"sender_sig","payload"}, where
/// sender_sig (base64url) signs the final page and payload (base64url) is what it signs.
/// </summary>
public static class ManifestJson
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="manifest">complete</param>
    /// <param name="finalPage">its last page, as signed</param>
    public static void Write(IBufferWriter<byte> output, Manifest manifest, Signed finalPage)
    {
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        json.WriteString("manifest_id", manifest.Id.ToString());
        json.WriteString("filename", manifest.Entries[0].Path.Top);
        json.WriteNumber("size", manifest.Bytes);
        json.WriteStartArray("chunk_hashes");
        for (var ordinal = 0L; ordinal < manifest.ChunkCount; ordinal++)
            json.WriteStringValue("sha256:" + Convert.ToHexStringLower(manifest.Sha256Of(ordinal).Span));
        json.WriteEndArray();
        json.WriteString("sender_sig", Base64Url.Encode(finalPage.Signature.Span));
        json.WriteString("payload", Base64Url.Encode(finalPage.Payload.Span));
        json.WriteEndObject();
    }
}
