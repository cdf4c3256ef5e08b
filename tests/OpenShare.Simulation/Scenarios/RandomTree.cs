using OpenShare.Simulation.Disk;

namespace OpenShare.Simulation.Scenarios;

/// <summary>Trees of every shape that people send: empty files, empty and deep directories, names that are not ASCII.</summary>
internal static class RandomTree
{
    private static readonly string[] Words = ["notes", "Ünïcode", "写真", "a b", "photo.jpg", "archive.tar.gz", ".hidden", "x", "README"];

    internal static void Put(SimulatedDisk disk, string path, Random random, int mostFiles, int largestFile)
    {
        disk.PutDirectory(path);
        var directories = new List<string> { path };
        for (var i = random.Next(5); i > 0; i--)
        {
            var directory = $"{directories[random.Next(directories.Count)]}/{Words[random.Next(Words.Length)]}-{i}";
            disk.PutDirectory(directory);
            directories.Add(directory);
        }
        for (var i = random.Next(1, mostFiles + 1); i > 0; i--)
            disk.PutFile($"{directories[random.Next(directories.Count)]}/{i}-{Words[random.Next(Words.Length)]}", Bytes(random, Size(random, largestFile)));
    }

    internal static byte[] Bytes(Random random, int size)
    {
        var bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    // Many are small, some are just at a chunk's border, a few are as large as may be.
    private static int Size(Random random, int largest) => Math.Min(largest, random.Next(6) switch
    {
        0 => 0,
        1 => random.Next(1, 100),
        2 => 1024 * 1024 + random.Next(-1, 2),
        3 => random.Next(largest + 1),
        _ => random.Next(Math.Max(1, largest / 16)),
    });
}
