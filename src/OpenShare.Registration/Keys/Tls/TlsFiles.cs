using System.Security.Cryptography;

namespace OpenShare.Registration.Keys.Tls;

/// <summary>Where a TLS certificate, its key and its passphrase are: a PFX file, or PEM in one file or two.</summary>
internal sealed record TlsFiles(string Certificate, string? Key = null, string? Passphrase = null)
{
    /// <summary>Another one whenever what is in them is. By their bytes, since a link may lead to other files of the same age.</summary>
    public string State()
    {
        try
        {
            return Convert.ToHexString(SHA256.HashData([.. ((string?[])[Certificate, Key, Passphrase]).OfType<string>().SelectMany(File.ReadAllBytes)]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }
}
