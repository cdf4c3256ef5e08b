namespace OpenShare.Simulation;

/// <summary>What is sent: the same for the same seed, times and modes included.</summary>
internal static class Samples
{
    internal const int TreeBytes = 24 * 1024 * 1024;

    private static readonly DateTime Time = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    internal static string Tree(string path, int seed, int size = TreeBytes)
    {
        var random = new Random(seed);
        Directory.CreateDirectory(Path.Combine(path, "empty"));
        Directory.CreateDirectory(Path.Combine(path, "deep", "er"));
        var rest = size;
        for (var i = 0; i < 20 && rest > 0; i++)
        {
            var bytes = new byte[i == 19 ? rest : Math.Min(rest, random.Next(i % 2 == 0 ? 4 : size / 6))];
            random.NextBytes(bytes);
            rest -= bytes.Length;
            File.WriteAllBytes(Path.Combine(path, i % 3 == 0 ? "deep/er" : ".", $"file-{i}"), bytes);
        }
        foreach (var entry in Directory.GetFileSystemEntries(path, "*", SearchOption.AllDirectories).Append(path))
        {
            if (Directory.Exists(entry))
                Directory.SetLastWriteTimeUtc(entry, Time);
            else
                File.SetLastWriteTimeUtc(entry, Time);
        }
        return path;
    }

    /// <returns>null: the same names and bytes</returns>
    internal static string? Difference(string sent, string received)
    {
        var (names, copies) = (Names(sent), Names(received));
        if (!names.SequenceEqual(copies))
            return $"other names arrived: {string.Join(", ", names.Except(copies).Concat(copies.Except(names)))}";
        var other = names.FirstOrDefault(n =>
            File.Exists(Path.Combine(sent, n)) && !File.ReadAllBytes(Path.Combine(sent, n)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(received, n))));
        return other is null ? null : $"{other} is not what was sent.";
    }

    private static List<string> Names(string root) => Directory.Exists(root)
        ? [.. Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(root, p)).Order(StringComparer.Ordinal)]
        : [];
}
