using System.Text;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Hosting;

namespace OpenShare.Registration.Keys;

/// <summary>Where the passphrase of the signing keys comes from. It never comes from the command line.</summary>
internal sealed class Passphrase
{
    /// <summary>The name under which systemd hands over the passphrase (LoadCredential=).</summary>
    public const string SystemdCredential = "openshare-signing-passphrase";

    private const int MaxSize = 4096;

    private readonly string _file;

    private Passphrase(string file, bool isBesideTheKeys)
    {
        _file = file;
        IsBesideTheKeys = isBesideTheKeys;
    }

    /// <summary>True when nobody gave one, so that whoever can read the data directory can read the keys.</summary>
    public bool IsBesideTheKeys { get; }

    /// <summary>The given file, else the systemd credential, else a random one in an owner-only file in the data directory.</summary>
    public static Passphrase Find(string? givenFile, DataDirectory data)
    {
        if (givenFile is not null)
            return new Passphrase(givenFile, isBesideTheKeys: false);
        var credentials = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY");
        return credentials is not null && File.Exists(Path.Combine(credentials, SystemdCredential))
            ? new Passphrase(Path.Combine(credentials, SystemdCredential), isBesideTheKeys: false)
            : new Passphrase(data.SigningKeyPassphrase, isBesideTheKeys: true);
    }

    /// <summary>Makes the random one where it is needed and is not there yet.</summary>
    public void EnsureExists(IRandomSource random)
    {
        if (IsBesideTheKeys && !File.Exists(_file))
            OwnerOnlyFile.Write(_file, Encoding.ASCII.GetBytes(Base64Url.Encode(random.Bytes(32)) + "\n"));
    }

    /// <summary>The passphrase's bytes: the file's, without the line end an editor leaves.</summary>
    public byte[] Read()
    {
        try
        {
            using var stream = File.OpenRead(_file);
            if (stream.Length > MaxSize)
                throw new UserError($"The passphrase file {_file} is larger than {MaxSize} bytes; a passphrase is one line of text.");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var trimmed = bytes.AsSpan().TrimEnd("\r\n"u8);
            return trimmed.Length > 0 ? trimmed.ToArray() : throw new UserError($"The passphrase file {_file} is empty.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"The passphrase of the signing keys cannot be read: {error.Message}");
        }
    }

    public override string ToString() => _file;
}
