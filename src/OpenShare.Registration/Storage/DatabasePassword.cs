using System.Text;
using OpenShare.Registration.Keys;

namespace OpenShare.Registration.Storage;

/// <summary>The file that holds the database's password: a given one, or the systemd credential.</summary>
internal sealed class DatabasePassword
{
    /// <summary>The name under which systemd hands it over (LoadCredential=).</summary>
    public const string SystemdCredential = "openshare-database-password";

    private readonly string _file;

    private DatabasePassword(string file) => _file = file;

    /// <returns>null where neither is given</returns>
    /// <exception cref="UserError">the file cannot be read, or is empty</exception>
    public static DatabasePassword? Find(string? givenFile)
    {
        if ((givenFile ?? SecretFile.SystemdCredential(SystemdCredential)) is not { } file)
            return null;
        var password = new DatabasePassword(file);
        _ = password.Read();
        return password;
    }

    public string Read() => Encoding.UTF8.GetString(SecretFile.Read(_file, "database's password"));
}
