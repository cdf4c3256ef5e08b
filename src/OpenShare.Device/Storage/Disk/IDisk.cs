using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Storage.Disk;

/// <summary>
/// The disk as transfers use it. Calls block: run them through IWorkers. A simulation has its own, which can be
/// full, tear a write or forget what was not synced.
/// </summary>
public interface IDisk
{
    /// <summary>Whether there is anything at this path that can be looked at.</summary>
    bool Exists(string path);

    /// <summary>The regular file of this path, as it is now. Null: there is none, or a link in its place, or it has no number of its own.</summary>
    FileMark? Mark(string path);

    /// <summary>Fills the buffer whole from the file of this path, if it is the one that was marked, whatever was written into it since.</summary>
    DiskResult ReadMarked(string path, FileKey expected, long offset, Memory<byte> into);

    /// <summary>What is to be sent. Nothing is read before <see cref="ISource.Scan"/>; the same paths later give the same names.</summary>
    /// <param name="paths">files and directories as the user named them</param>
    ISource OpenSource(IReadOnlyList<string> paths);

    /// <summary>
    /// The staging place of one transfer inside a directory, made where missing. Opened again after a restart it
    /// holds what was written before.
    /// </summary>
    /// <param name="begunIn">
    /// the <see cref="IDestination.Directory"/> that an earlier run began in. Then the directory is not made, and where it is
    /// another that has nothing of this transfer, as the one that a disk is to be mounted on, it is <see cref="DiskProblem.Away"/>.
    /// </param>
    DiskResult<IDestination> OpenDestination(string directory, DeviceId sender, TransferId transfer, FileKey? begunIn = null);

    /// <summary>The staging places in a directory: by their exact names, this user's own, no links. Nothing is made where there are none.</summary>
    DiskResult<IReadOnlyList<StagingPlace>> FindStaged(string directory);

    /// <summary>Removes a transfer's staging place with all it holds, links not followed. None there: no harm, and none is made.</summary>
    DiskResult Discard(string directory, DeviceId sender, TransferId transfer);
}

/// <summary>By what a file is known again, and how many bytes are in it.</summary>
public readonly record struct FileMark(FileKey Key, long Size);

/// <param name="LastChange">the newest of anything in it</param>
public sealed record StagingPlace(DeviceId Sender, TransferId Transfer, DateTimeOffset LastChange);
