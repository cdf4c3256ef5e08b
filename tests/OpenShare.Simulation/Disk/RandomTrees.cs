namespace OpenShare.Simulation.Disk;

/// <summary>Trees to be sent: the same for the same seed, with what makes trees hard.</summary>
public static class RandomTrees
{
    private static readonly string[] Names = ["a", "B", "b", "file.tar.gz", "Ünïcode.txt", ".hidden", "with space", "c (2).txt", "naïve", "\u6587\u4EF6"];

    /// <param name="files">how many, at least 1</param>
    /// <param name="maxBytes">of one file; most are much smaller, some empty</param>
    public static void WriteTree(this SimulatedDisk disk, string path, int seed, int files, int maxBytes)
    {
        var random = new Random(seed);
        var directories = new List<string> { path };
        disk.MakeDirectory(path);
        for (var i = 0; i < files; i++)
        {
            var parent = directories[random.Next(directories.Count)];
            var name = $"{i}-{Names[random.Next(Names.Length)]}";
            if (random.Next(4) == 0)
            {
                directories.Add(parent = $"{parent}/d{name}");
                disk.MakeDirectory(parent);
            }
            var bytes = new byte[random.Next(5) switch { 0 => 0, 1 => random.Next(maxBytes + 1), _ => random.Next(Math.Min(maxBytes, 10_000) + 1) }];
            random.NextBytes(bytes);
            disk.Write($"{parent}/{name}", bytes, random.Next(6) switch { 0 => 0x100u, 1 => 0x1EDu, _ => 0x1A4u });
            if (random.Next(8) == 0)
                disk.MakeLink($"{parent}/{name}.link", name);
        }
        // From the inside out, as one that may not be written can be given nothing more.
        foreach (var directory in directories.Skip(1).Where(_ => random.Next(6) == 0).Reverse().ToList())
            disk.SetMode(directory, 0x140);
    }
}
