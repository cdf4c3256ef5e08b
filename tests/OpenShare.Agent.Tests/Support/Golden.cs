using System.Text.Json;

namespace OpenShare.Agent.Tests.Support;

/// <summary>
/// The documents scripts rely on, one file each under Golden/: a change of keys is always a visible diff.
/// OPENSHARE_WRITE_GOLDEN=1 writes them anew.
/// </summary>
internal static class Golden
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static void Equal(string name, string json, params (string Actual, string Golden)[] replacing)
    {
        foreach (var (actual, golden) in replacing)
            json = json.Replace(actual, golden, StringComparison.Ordinal);
        var text = string.Join('\n', json.TrimEnd('\n').Split('\n').Select(Readable)) + "\n";
        var path = File(name);
        if (Environment.GetEnvironmentVariable("OPENSHARE_WRITE_GOLDEN") == "1")
            System.IO.File.WriteAllText(path, text);
        Assert.Equal(System.IO.File.ReadAllText(path), text);
    }

    private static string Readable(string line)
    {
        using var document = JsonDocument.Parse(line);
        return JsonSerializer.Serialize(document.RootElement, Indented);
    }

    internal static string File(string name) => Path.Combine(Folder(), name);

    // The source folder, from wherever the build put this assembly.
    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var golden = Path.Combine(folder.FullName, "tests", "OpenShare.Agent.Tests", "Golden");
            if (Directory.Exists(golden))
                return golden;
        }
        throw new DirectoryNotFoundException("The checkout with tests/OpenShare.Agent.Tests/Golden is not above " + AppContext.BaseDirectory);
    }
}
