using System.Security.Cryptography;
using System.Text;

namespace OpenShare.Device.Storage;

/// <summary>
/// The directory of one device: its key, its database, its socket. Open to its owner only, and locked by one
/// process from <see cref="Open"/> to <see cref="Dispose"/>.
/// </summary>
public sealed class DeviceHome : IDisposable
{
    // sun_path is 108 bytes on Linux and 104 on macOS, a final zero included.
    private const int LongestSocketPath = 100;

    private readonly HomeLock _lock;

    private DeviceHome(string directory, HomeLock held)
    {
        Directory = directory;
        _lock = held;
    }

    public string Directory { get; }

    public string DatabaseFile => Path.Combine(Directory, "device.db");

    public string KeyFile => Path.Combine(Directory, "device.key");

    /// <summary>Texts that are being sent.</summary>
    public string OutboxDirectory => Path.Combine(Directory, "outbox");

    /// <summary>What a rehearsal sends and receives; there only while one is under way.</summary>
    public string RehearsalDirectory => Path.Combine(Directory, "rehearsal");

    /// <summary>The port that was listened on last.</summary>
    public string PortFile => Path.Combine(Directory, "listen.port");

    /// <summary>Where one looks for a home when told nothing: the platform's data directory.</summary>
    public static string DefaultDirectory =>
        Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? "OpenShare" : "openshare");

    /// <summary>Where files arrive when told nothing.</summary>
    public static string DefaultInbox =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), "Downloads", "OpenShare");

    /// <summary>
    /// The control socket of the agent of this home. Its place is known without the lock: a client asks for it too.
    /// </summary>
    /// <exception cref="StorageException">the path is too long for a socket and there is no runtime directory</exception>
    public static string SocketOf(string directory)
    {
        directory = Path.GetFullPath(directory);
        var socket = Path.Combine(directory, "agent.sock");
        if (Encoding.UTF8.GetByteCount(socket) <= LongestSocketPath)
            return socket;
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        if (string.IsNullOrEmpty(runtime))
            throw new StorageException($"The path of {directory} is too long for a control socket. Choose a shorter home with --home, or set XDG_RUNTIME_DIR.");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(directory)).AsSpan(0, 8));
        return Path.Combine(runtime, $"openshare-{hash}");
    }

    /// <summary>Makes the home where missing, and takes it.</summary>
    /// <exception cref="StorageException">another process has it, or it cannot be a home</exception>
    public static DeviceHome Open(string directory)
    {
        directory = Path.GetFullPath(directory);
        try
        {
            MakePrivate(directory);
            return new DeviceHome(directory, HomeLock.Take(directory));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The home {directory} cannot be used: {error.Message}", error);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static void MakePrivate(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            // A directory under the user's profile is the user's own by inheritance.
            System.IO.Directory.CreateDirectory(directory);
            return;
        }

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!System.IO.Directory.Exists(directory))
        {
            System.IO.Directory.CreateDirectory(directory, owner);
        }

        var mode = File.GetUnixFileMode(directory);
        if ((mode & ~owner) == 0)
            return;
        // Closing somebody's whole directory to others because it was named as a home would break more than it protects.
        if (!HomeLock.ExistsIn(directory) && System.IO.Directory.EnumerateFileSystemEntries(directory).Any())
            throw new StorageException($"{directory} is no OpenShare home: others may enter it and it holds other files. Name an empty or a new directory.");
        File.SetUnixFileMode(directory, owner);
    }
}
