using System.Security.Cryptography;
using System.Text;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Administration;

/// <summary>What the first administrator shows over HTTPS. It is made on the first run and kept in an owner-only file.</summary>
internal sealed class AdminCredential
{
    public const string Prefix = "osa1_";

    public static readonly Refusal Missing = new(
        RegistrationProblems.NotAuthorized, "Send an admin token (openshare-server admin create), or the admin credential from the service's data directory, as 'Authorization: Bearer TOKEN'.");

    private readonly byte[] _hash;

    private AdminCredential(byte[] hash) => _hash = hash;

    public static AdminCredential OpenOrCreate(string file, IRandomSource random)
    {
        if (!File.Exists(file))
            OwnerOnlyFile.Write(file, Encoding.ASCII.GetBytes(Prefix + Base64Url.Encode(random.Bytes(32)) + "\n"));
        var text = File.ReadAllText(file).Trim();
        return text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length > Prefix.Length + 20
            ? Of(text)
            : throw new UserError($"{file} holds no admin credential. Delete it, and the next start makes a new one.");
    }

    public static AdminCredential Of(string text) => new(Hash(text));

    public bool IsShownBy(HttpRequest request) =>
        BearerHeader.Read(request) is { } shown && CryptographicOperations.FixedTimeEquals(Hash(shown), _hash);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
