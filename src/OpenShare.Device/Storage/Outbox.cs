using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;

namespace OpenShare.Device.Storage;

/// <summary>
/// Texts that are being sent, in the home: a file each, for its owner only, in a directory of its own so that it can have the
/// name under which it arrives. What goes wrong is told by path, never by what is in it.
/// </summary>
public sealed class Outbox(string directory)
{
    private readonly string _directory = Path.GetFullPath(directory);

    /// <returns>the file's path; it outlives a loss of power</returns>
    /// <exception cref="IOException">it could not be written</exception>
    public string Put(string name, ReadOnlySpan<byte> text)
    {
        var place = Path.Combine(_directory, Guid.NewGuid().ToString("N"));
        MakePrivate(_directory);
        MakePrivate(place);
        var path = Path.Combine(place, name);
        DurableFile.Write(path, text);
        return path;
    }

    /// <returns>what could not be removed, and why</returns>
    public IReadOnlyList<string> Remove(IEnumerable<string> texts)
    {
        var problems = new List<string>();
        foreach (var place in texts.Select(t => Path.GetDirectoryName(Path.GetFullPath(t))!).Where(p => Path.GetDirectoryName(p) == _directory))
        {
            if (Remove(place) is { } problem)
                problems.Add($"{place}: {problem}");
        }
        return problems;
    }

    /// <summary>Removes what a process that was killed left behind. Before anything is put here.</summary>
    public void Sweep(ITransferStore transfers)
    {
        var wanted = transfers.Unfinished().Where(t => t.Transfer is { IsText: true, Key.Direction: TransferDirection.Sending })
            .Select(t => NameOf(Path.GetDirectoryName(t.Transfer.Paths[0])!)).ToHashSet();
        // What cannot be removed now is tried again at the next start.
        foreach (var place in Places().Where(place => !wanted.Contains(NameOf(place))))
            Remove(place);
    }

    // Nobody else's, and the same by whatever path the home is named today.
    private static string NameOf(string place) => Path.GetFileName(place);

    private string[] Places()
    {
        try
        {
            return Directory.Exists(_directory) ? Directory.GetDirectories(_directory) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? Remove(string place)
    {
        try
        {
            if (Directory.Exists(place))
                Directory.Delete(place, recursive: true);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private static void MakePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
