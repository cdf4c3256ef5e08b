using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>
/// The golden vectors under tests/vectors. A test builds a file's whole content from its stated inputs and asks that
/// it is what the file holds. With OPENSHARE_WRITE_VECTORS=1 the file is written instead: a change of the format, to
/// be read in the diff.
/// </summary>
internal static class VectorFile
{
    // Written for people too: no escapes where none are needed.
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="name">the file's name without its folder: "certificate.json"</param>
    internal static void Check(string name, JsonObject content)
    {
        var text = content.ToJsonString(Readable) + "\n";
        if (IsWriting)
            File.WriteAllText(Path.Combine(SourceFolder(), name), text);
        else
            Assert.Equal(Text(name), text);
    }

    /// <summary>A file as it is in the repository: for a check that computes it anew by other means.</summary>
    internal static JsonNode Read(string name) => JsonNode.Parse(Text(name))!;

    internal static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The bytes that a hex field holds.</summary>
    internal static byte[] Bytes(this JsonNode node, string field) => Convert.FromHexString(node.Text(field));

    internal static string Text(this JsonNode node, string field) =>
        (node[field] ?? throw new KeyNotFoundException($"The vector has no field '{field}'.")).GetValue<string>();

    // Just written, the file in the repository is newer than the copy beside the test.
    private static string Text(string name) =>
        File.ReadAllText(Path.Combine(IsWriting ? SourceFolder() : Path.Combine(AppContext.BaseDirectory, "vectors"), name));

    private static bool IsWriting => Environment.GetEnvironmentVariable("OPENSHARE_WRITE_VECTORS") == "1";

    private static string SourceFolder() => Path.Combine(Repository.Root, "tests", "vectors");
}
