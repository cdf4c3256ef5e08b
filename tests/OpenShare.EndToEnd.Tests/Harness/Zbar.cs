using System.Diagnostics;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>Debian's zbarimg: a reader of QR codes that shares nothing with ours.</summary>
internal static class Zbar
{
    public static void SkipUnlessHere() => Skip.IfNot(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "zbarimg"))),
        "zbarimg is not installed");

    /// <summary>The text of the one QR in a picture.</summary>
    public static async Task<string> ReadAsync(string picture)
    {
        using var process = Process.Start(new ProcessStartInfo("zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"zbarimg reads nothing in {picture}: {await process.StandardError.ReadToEndAsync()}");
        return text.TrimEnd('\n');
    }

    /// <summary>What stands in a terminal, as a picture of its characters: white is drawn, the rest is black.</summary>
    public static string Rasterise(IEnumerable<string> lines, string file)
    {
        const int Pixels = 4;
        var drawn = lines.Where(line => line.Length > 0 && line.All(c => c is '█' or '▀' or '▄' or ' ')).ToList();
        var (width, height) = (drawn.Max(l => l.Length), drawn.Count * 2);
        using var picture = new StreamWriter(file);
        // A portable grey map: the simplest picture there is.
        picture.Write($"P2\n{width * Pixels} {height * Pixels}\n1\n");
        for (var y = 0; y < height * Pixels; y++)
        {
            var (line, isTop) = (drawn[y / Pixels / 2], y / Pixels % 2 == 0);
            picture.WriteLine(string.Join(' ', Enumerable.Range(0, width * Pixels).Select(x => line[x / Pixels] == '█' || line[x / Pixels] == (isTop ? '▀' : '▄') ? '1' : '0')));
        }
        return file;
    }
}
