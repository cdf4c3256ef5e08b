using System.Collections.Concurrent;
using OpenShare.Device.Storage.Disk.Linux;

namespace OpenShare.Device.Storage.Disk.Receiving;

/// <summary>
/// Small files that were made and wait for what is to be written in them: held open, so that each is opened once. At most so many in the whole
/// process; those beyond are closed and opened again.
/// </summary>
internal sealed class MadeFiles : IDisposable
{
    // A page's files: what is asked for is soon there.
    private static readonly int s_most = OperatingSystem.IsLinux() ? (int)Math.Min(1024, LinuxFiles.MostOpen / 4) : 256;
    private static int s_open;

    private readonly ConcurrentDictionary<string, OpenedFile> _files = new(StringComparer.Ordinal);

    /// <summary>Takes the file over.</summary>
    internal void Keep(string path, OpenedFile file)
    {
        if (Interlocked.Increment(ref s_open) <= s_most && _files.TryAdd(path, file))
            return;
        Close(file);
    }

    /// <returns>null where it is not held open; else it is the caller's, to be given to <see cref="Close"/></returns>
    internal OpenedFile? Take(string path) => _files.TryRemove(path, out var file) ? file : null;

    internal static void Close(OpenedFile file)
    {
        file.Dispose();
        Interlocked.Decrement(ref s_open);
    }

    internal void Forget(string path)
    {
        if (Take(path) is { } file)
            Close(file);
    }

    internal void Forget()
    {
        foreach (var path in _files.Keys)
            Forget(path);
    }

    public void Dispose() => Forget();
}
