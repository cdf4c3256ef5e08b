using System.Text.Json;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Registration.Keys.Offline;

/// <summary>
/// The one file that goes to a root key which is never online, and comes back signed (docs/registration-service.md). It says nothing but
/// the two trust roots: what is asked for is what they differ in, and nothing else can be signed with it.
/// </summary>
/// <param name="Before">the newest trust root of the service</param>
/// <param name="Next">the one to follow it, with the signatures that it has so far</param>
internal sealed record RootRequestFile(string Format, string Before, string Next)
{
    public const string CurrentFormat = "openshare/root-request/v1";

    /// <summary>Bytes: two trust roots with as many keys and signatures as there may be.</summary>
    public const int MaxSize = 32 * 1024;

    /// <exception cref="UserError">it cannot be read, or is no such file</exception>
    public static RootRequestFile Read(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length > MaxSize)
                throw new UserError($"{file} is larger than {MaxSize} bytes, and so no request to a root key.");
            return JsonSerializer.Deserialize<RootRequestFile>(stream, RegistrationJson.Options) ?? throw new JsonException("empty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{file} cannot be read: {error.Message}");
        }
        catch (JsonException)
        {
            throw new UserError($"{file} is no request to a root key, or is damaged. `openshare-server key rotate --request FILE` writes one.");
        }
    }

    /// <exception cref="UserError">it cannot be written</exception>
    public void Write(string file)
    {
        try
        {
            File.WriteAllText(file, JsonSerializer.Serialize(this, RegistrationJson.Options) + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{file} cannot be written: {error.Message}");
        }
    }

    /// <exception cref="ProtocolException">another format, or damaged</exception>
    public RootRequest Open() => Format == CurrentFormat
        ? new RootRequest(TrustRoot.Parse(Before), TrustRootDraft.Parse(Next))
        : throw new ProtocolException($"It is of the format '{Printable.Shorten(Format, 40)}', and this program reads '{CurrentFormat}'.");
}
