using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer;

/// <summary>The manifest that manifest.json describes, built from its inputs; receipt.json is for the same one.</summary>
internal static class VectorManifest
{
    internal static JsonNode Inputs => VectorFile.Read("manifest.json")["inputs"]!;

    internal static ManifestReader Reader(JsonNode inputs)
    {
        using var sender = SigningKey.FromSeed(inputs.Bytes("sender_seed"));
        return new ManifestReader(sender.PublicKey, Device(inputs, "sender_seed"), Device(inputs, "receiver_seed"));
    }

    internal static Manifest Read(IEnumerable<Signed> pages)
    {
        var reader = Reader(Inputs);
        Assert.All(pages, page => Assert.IsType<PageReading.Accepted>(reader.Read(page)));
        return reader.Manifest!;
    }

    /// <summary>The signed pages, closed where the inputs say.</summary>
    internal static List<Signed> Pages(JsonNode inputs)
    {
        using var sender = SigningKey.FromSeed(inputs.Bytes("sender_seed"));
        var builder = new ManifestBuilder(
            sender, ManifestId.Parse(inputs.Text("manifest_id")), Device(inputs, "sender_seed"), Device(inputs, "receiver_seed"));
        var pages = inputs["pages"]!.AsArray();
        var signed = new List<Signed>();
        foreach (var page in pages)
        {
            foreach (var entry in page!["entries"]!.AsArray())
                Add(builder, entry!);
            signed.Add(page == pages[^1] ? builder.Finish() : builder.ClosePage()!);
        }
        return signed;
    }

    internal static DeviceId Device(JsonNode inputs, string seed) => DeviceId.FromPublicKey(Ed25519Reference.PublicKey(inputs.Bytes(seed)));

    /// <summary>The contents of an entry's chunks on one page.</summary>
    internal static IEnumerable<byte[]> Chunks(JsonNode entry) =>
        (entry["chunks"]?.AsArray() ?? []).Select(chunk => Convert.FromHexString(chunk!.GetValue<string>()));

    internal static uint Mode(JsonNode entry) => Convert.ToUInt32(entry["mode"]?.GetValue<string>() ?? "0", 8);

    internal static long Mtime(JsonNode entry) => long.Parse(entry["mtime_ns"]?.GetValue<string>() ?? "0", CultureInfo.InvariantCulture);

    private static void Add(ManifestBuilder builder, JsonNode entry)
    {
        if (entry["continued"] is null)
            Begin(builder, entry);
        foreach (var chunk in Chunks(entry))
            Assert.Null(builder.AddChunk(SHA256.HashData(chunk), chunk.Length));
        if (entry["abandoned"] is not null)
            Assert.Equal((null, true), builder.AbandonFile());
    }

    private static void Begin(ManifestBuilder builder, JsonNode entry)
    {
        Assert.Equal(entry["entry_no"]!.GetValue<uint>(), builder.EntryCount);
        var path = RelativePath.Parse(entry.Text("path"));
        Assert.Null(entry.Text("kind") switch
        {
            "directory" => builder.AddDirectory(path, Mode(entry), Mtime(entry)),
            "symlink" => builder.AddSymlink(path, LinkTarget.Parse(entry.Text("link_target"), path), Mtime(entry)),
            _ => builder.BeginFile(path, entry["size"]!.GetValue<long>(), Mode(entry), Mtime(entry)),
        });
    }
}
