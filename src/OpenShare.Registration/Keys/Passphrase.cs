using System.Text;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Hosting;

namespace OpenShare.Registration.Keys;

/// <summary>Where the passphrase of the signing keys comes from. It never comes from the command line.</summary>
internal sealed class Passphrase
{
    /// <summary>The name under which systemd hands over the passphrase (LoadCredential=).</summary>
    public const string SystemdCredential = "openshare-signing-passphrase";

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
        return SecretFile.SystemdCredential(SystemdCredential) is { } credential
            ? new Passphrase(credential, isBesideTheKeys: false)
            : new Passphrase(data.SigningKeyPassphrase, isBesideTheKeys: true);
    }

    /// <summary>Makes the random one where it is needed and is not there yet.</summary>
    public void EnsureExists(IRandomSource random)
    {
        if (IsBesideTheKeys && !File.Exists(_file))
            OwnerOnlyFile.Write(_file, Encoding.ASCII.GetBytes(Base64Url.Encode(random.Bytes(32)) + "\n"));
    }

    public byte[] Read() => SecretFile.Read(_file, "passphrase of the signing keys");

    public override string ToString() => _file;
}
