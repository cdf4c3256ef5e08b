using System.Text;
using OpenShare.Registration.Commands;

namespace OpenShare.Registration.Keys.Offline;

/// <summary>The passphrase of an offline root key: from a file, from systemd, or from the person who sits there. There is always one.</summary>
internal sealed class RootPassphrase(string? givenFile, Person person)
{
    /// <summary>The name under which systemd hands over the passphrase (LoadCredential=).</summary>
    public const string SystemdCredential = "openshare-root-passphrase";

    private readonly string? _file = givenFile ?? SecretFile.SystemdCredential(SystemdCredential);

    public byte[] Read() => _file is null ? Typed("Passphrase of the root key: ") : SecretFile.Read(_file, "passphrase of the root key");

    /// <summary>For a key that is made now: typed twice, since nobody could tell later that it was mistyped.</summary>
    public byte[] Choose()
    {
        if (_file is not null)
            return Read();
        var (once, again) = (Typed("A passphrase for the root key: "), Typed("Once more: "));
        return once.AsSpan().SequenceEqual(again) ? once : throw new UserError("The two passphrases differ. No key was made.");
    }

    private byte[] Typed(string question) => person.AskSecret(question) is { Length: > 0 } typed
        ? Encoding.UTF8.GetBytes(typed)
        : throw new UserError($"No passphrase was given. Type one at a terminal, or name the file that holds it with --passphrase-file, or hand over the systemd credential {SystemdCredential}.");
}
