using System.ComponentModel;

namespace OpenShare.Device.Storage.Disk;

/// <summary>A failure on its way to the seam, where <see cref="Guard"/> makes it a <see cref="DiskResult"/>.</summary>
internal sealed class DiskFault(DiskProblem problem, string detail) : Exception(detail)
{
    internal DiskProblem Problem { get; } = problem;

    internal DiskResult Result => new(Problem, Message);

    /// <summary>There is nothing that such a directory's names could be synced to.</summary>
    internal bool HasNoSync { get; private init; }

    /// <param name="errno">of Linux</param>
    internal static DiskFault Of(int errno, string path) => new(Classify(errno), $"{path}: {Say(errno)}");

    /// <summary>
    /// Of a sync that failed, whatever it failed for. It is no case for another try: what could not be written is dropped, the next sync has
    /// nothing to do and succeeds (fsync(2); ADR 0055).
    /// </summary>
    internal static DiskFault OfSync(int errno, string path) => OfSync(path, Say(errno), errno is Errno.Invalid or Errno.ReadOnly);

    /// <inheritdoc cref="OfSync(int, string)"/>
    internal static DiskFault OfSync(IOException error, string path) => OfSync(path, error.Message);

    private static DiskFault OfSync(string path, string detail, bool hasNone = false) =>
        new(DiskProblem.Failed, $"{path}: what was written does not outlive a loss of power: {detail}") { HasNoSync = hasNone };

    internal static DiskResult Guard(string path, Action work)
    {
        try
        {
            work();
            return DiskResult.Done;
        }
        catch (Exception error) when (Understand(error, path) is { } result)
        {
            return result;
        }
    }

    internal static DiskResult<T> Guard<T>(string path, Func<T> work) where T : class
    {
        try
        {
            return new DiskResult<T>(work());
        }
        catch (Exception error) when (Understand(error, path) is { } result)
        {
            return new DiskResult<T>(result);
        }
    }

    /// <returns>null for what is no failure of a disk: such a surprise goes on</returns>
    internal static DiskResult? Understand(Exception error, string path) => error switch
    {
        DiskFault fault => fault.Result,
        FileNotFoundException or DirectoryNotFoundException => new(DiskProblem.Missing, $"{path}: it is not there"),
        PathTooLongException => new(DiskProblem.NameRefused, $"{path}: the name is too long"),
        UnauthorizedAccessException => new(DiskProblem.Denied, $"{path}: permission denied"),
        IOException io when Classify(io) is (DiskProblem.Full or DiskProblem.ReadOnly) and var problem && !OperatingSystem.IsWindows() => new(problem, $"{path}: {Say(io.HResult)}"),
        IOException io => new(Classify(io), $"{path}: {io.Message}"),
        _ => null,
    };

    private static DiskProblem Classify(int errno) => errno switch
    {
        Errno.NoSpace or Errno.Quota or Errno.FileTooBig => DiskProblem.Full,
        Errno.ReadOnly => DiskProblem.ReadOnly,
        Errno.AccessDenied or Errno.NotPermitted => DiskProblem.Denied,
        Errno.NoEntry => DiskProblem.Missing,
        Errno.NameTooLong or Errno.IllegalSequence or Errno.Exists or Errno.NotDirectory or Errno.IsDirectory or Errno.Invalid => DiskProblem.NameRefused,
        Errno.Loop or Errno.CrossDevice => DiskProblem.LinkInTheWay,
        Errno.InputOutput or Errno.NoSuchAddress or Errno.NoSuchDevice or Errno.ShutDown or Errno.NotConnected or Errno.TimedOut or Errno.HostDown
            or Errno.Stale or Errno.RemoteInputOutput or Errno.NoMedium => DiskProblem.Lost,
        // What a server's file systems say first, of what was under way.
        Errno.NoLink or Errno.NetworkDown or Errno.NetworkUnreachable or Errno.NetworkReset or Errno.ConnectionAborted or Errno.ConnectionReset
            or Errno.ConnectionRefused or Errno.HostUnreachable => DiskProblem.Lost,
        _ => DiskProblem.Failed,
    };

    private static string Say(int errno) => errno switch
    {
        Errno.NoSpace => "no space left on the disk",
        Errno.Quota => "the disk quota is used up",
        Errno.ReadOnly => "the disk can only be read",
        Errno.FileTooBig => "larger than a file may be on this file system",
        Errno.NoEntry => "it is not there",
        Errno.NameTooLong => "the name is too long for this file system",
        Errno.IllegalSequence or Errno.Invalid => "this file system cannot store this name",
        Errno.Exists => "something else of this name is there",
        Errno.NotDirectory => "a part of the path is a file, not a directory",
        Errno.Loop or Errno.CrossDevice => "a symbolic link is in the way and was not followed",
        _ => new Win32Exception(errno).Message,
    };

    // The runtime's IOException carries errno on Unix and a Win32 code on Windows. What is not of the disk has exceptions of its own.
    private static DiskProblem Classify(IOException error) => OperatingSystem.IsWindows()
        ? (error.HResult & 0xFFFF) switch
        {
            // DISK_FULL, HANDLE_DISK_FULL, DISK_QUOTA_EXCEEDED.
            0x70 or 0x27 or 0x50F => DiskProblem.Full,
            // WRITE_PROTECT.
            0x13 => DiskProblem.ReadOnly,
            // NOT_READY, DEV_NOT_EXIST, UNEXP_NET_ERR, NETNAME_DELETED, FILE_INVALID, IO_DEVICE, DEVICE_REMOVED.
            0x15 or 0x37 or 0x3B or 0x40 or 0x3EE or 0x45D or 0x651 => DiskProblem.Lost,
            _ => DiskProblem.Failed,
        }
        : (OperatingSystem.IsLinux() || error.HResult <= Errno.LastInCommon ? Classify(error.HResult) : DiskProblem.Failed) is (DiskProblem.Full or DiskProblem.ReadOnly or DiskProblem.Lost) and var problem ? problem : DiskProblem.Failed;
}

/// <summary>Linux's error numbers, those that are told apart (the same on every architecture the runtime has).</summary>
internal static class Errno
{
    internal const int NotPermitted = 1;
    internal const int NoEntry = 2;
    internal const int Interrupted = 4;
    internal const int InputOutput = 5;
    internal const int NoSuchAddress = 6;
    internal const int AccessDenied = 13;
    internal const int Exists = 17;
    internal const int CrossDevice = 18;
    internal const int NoSuchDevice = 19;
    internal const int NotDirectory = 20;
    internal const int IsDirectory = 21;
    internal const int Invalid = 22;
    internal const int FileTooBig = 27;
    internal const int NoSpace = 28;
    internal const int ReadOnly = 30;

    // Up to here Unix systems agree.
    internal const int LastInCommon = 34;

    internal const int NameTooLong = 36;
    internal const int NotImplemented = 38;
    internal const int NotEmpty = 39;
    internal const int Loop = 40;
    internal const int NoLink = 67;
    internal const int IllegalSequence = 84;
    internal const int NotSupported = 95;
    internal const int NetworkDown = 100;
    internal const int NetworkUnreachable = 101;
    internal const int NetworkReset = 102;
    internal const int ConnectionAborted = 103;
    internal const int ConnectionReset = 104;
    internal const int NotConnected = 107;
    internal const int ShutDown = 108;
    internal const int TimedOut = 110;
    internal const int ConnectionRefused = 111;
    internal const int HostDown = 112;
    internal const int HostUnreachable = 113;
    internal const int Stale = 116;
    internal const int RemoteInputOutput = 121;
    internal const int Quota = 122;
    internal const int NoMedium = 123;
}
