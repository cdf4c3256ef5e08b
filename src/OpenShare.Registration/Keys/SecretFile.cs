namespace OpenShare.Registration.Keys;

/// <summary>A file that holds one secret: a passphrase, a PIN, a token.</summary>
internal static class SecretFile
{
    private const int MaxSize = 4096;

    /// <summary>The file's bytes, without the line end an editor leaves.</summary>
    /// <param name="what">for a person: "passphrase of the signing keys"</param>
    /// <exception cref="UserError">it cannot be read, is empty or too large</exception>
    public static byte[] Read(string file, string what)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length > MaxSize)
                throw new UserError($"{file} is larger than {MaxSize} bytes; the {what} is one line of text.");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var trimmed = bytes.AsSpan().TrimEnd("\r\n"u8);
            return trimmed.Length > 0 ? trimmed.ToArray() : throw new UserError($"{file}, which is to hold the {what}, is empty.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"The {what} cannot be read: {error.Message}");
        }
    }

    /// <returns>the file in which systemd hands over this credential (LoadCredential=), where it does</returns>
    public static string? SystemdCredential(string name)
    {
        var directory = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY");
        return directory is not null && File.Exists(Path.Combine(directory, name)) ? Path.Combine(directory, name) : null;
    }
}
