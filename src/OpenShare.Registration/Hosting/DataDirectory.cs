using System.Security.Cryptography;
using System.Text;

namespace OpenShare.Registration.Hosting;

/// <summary>Everything a registration service keeps, in one directory of its owner's.</summary>
internal sealed class DataDirectory(string path)
{
    // What a socket's address can hold on every platform, its closing zero included.
    private const int MaxSocketPath = 100;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string Database => In("registration.db");
    public string SigningKeys => In("signing-keys.json");
    public string SigningKeyPlace => In("signing-key");
    public string SigningKeyPassphrase => In("signing-keys.passphrase");
    public string TlsCertificate => In("tls-certificate.pem");
    public string TlsKey => In("tls-key.pem");
    public string AdminCredential => In("admin-credential");

    /// <summary>True once a service has run here, whichever its database is.</summary>
    public bool IsInUse => File.Exists(Database) || File.Exists(AdminCredential);

    /// <summary>Where the running service listens for its owner.</summary>
    /// <exception cref="UserError">the path is too long and there is no runtime directory to fall back to</exception>
    public string Socket
    {
        get
        {
            var socket = In("admin.sock");
            if (Encoding.UTF8.GetByteCount(socket) <= MaxSocketPath)
                return socket;
            var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path)).AsSpan(0, 8));
            return !string.IsNullOrEmpty(runtime)
                ? System.IO.Path.Combine(runtime, $"openshare-{hash}")
                : throw new UserError($"The path {Path} is too long for a socket in it. Choose a shorter --data, or set XDG_RUNTIME_DIR.");
        }
    }

    public static DataDirectory Default => new(System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "openshare-server"));

    /// <summary>Takes the directory for this process; nobody else can until the result is disposed of or the process ends.</summary>
    public IDisposable Lock()
    {
        try
        {
            OwnerOnlyFile.CreateDirectory(Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"The data directory {Path} cannot be used: {error.Message}");
        }
        try
        {
            return OwnerOnlyFile.Open(In("lock"), FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UserError($"The data directory {Path} cannot be used: {error.Message}");
        }
        catch (IOException)
        {
            throw new UserError($"Another openshare-server is using {Path}. If it was started just now, try again in a moment; else stop it first, or choose another --data.");
        }
    }

    public override string ToString() => Path;

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
