using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;

namespace OpenShare.Device.Storage;

/// <summary>
/// Texts that are being sent, in the home: a file each, for its owner only, in a directory of its own so that it can have the
/// name under which it arrives. What goes wrong is told by path, never by what is in it.
/// </summary>
public sealed class Outbox(string directory)
{
    /// <returns>the file's path; it outlives a loss of power</returns>
    /// <exception cref="IOException">it could not be written</exception>
    public string Put(string name, ReadOnlySpan<byte> text)
    {
        var place = Path.Combine(directory, Guid.NewGuid().ToString("N"));
        MakePrivate(directory);
        MakePrivate(place);
        var path = Path.Combine(place, name);
        DurableFile.Write(path, text);
        return path;
    }

    /// <returns>what could not be removed, and why</returns>
    public IReadOnlyList<string> Remove(IEnumerable<string> texts)
    {
        var problems = new List<string>();
        foreach (var place in texts.Select(t => Path.GetDirectoryName(t)!).Where(p => Path.GetDirectoryName(p) == directory))
        {
            try
            {
                if (Directory.Exists(place))
                    Directory.Delete(place, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                problems.Add($"{place}: {error.Message}");
            }
        }
        return problems;
    }

    /// <summary>Removes what a process that was killed left behind. Before anything is put here.</summary>
    public void Sweep(ITransferStore transfers)
    {
        if (!Directory.Exists(directory))
            return;
        var wanted = transfers.Unfinished().Where(t => t.Transfer is { IsText: true, Key.Direction: TransferDirection.Sending })
            .Select(t => Path.GetDirectoryName(t.Transfer.Paths[0])).ToHashSet();
        // A name stands in for the text's: it is the directory that goes.
        Remove([.. Directory.EnumerateDirectories(directory).Where(place => !wanted.Contains(place)).Select(place => Path.Combine(place, "text"))]);
    }

    private static void MakePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
