using System.Text.Json;

namespace OpenShare.Registration.Keys.Vault;

/// <summary>The JSON of Vault's transit engine, as far as it is used here.</summary>
internal static class VaultMessages
{
    public sealed record CreateKey(string Type, bool Exportable = false, bool AllowPlaintextBackup = false);

    public sealed record ConfigureKey(bool? DeletionAllowed = null, int? MinDecryptionVersion = null, int? MinEncryptionVersion = null);

    public sealed record TrimKey(int MinAvailableVersion);

    /// <param name="Keys">by version; what is in it depends on the type</param>
    public sealed record Key(
        string Type, int LatestVersion, IReadOnlyDictionary<string, JsonElement> Keys, bool Exportable = false, bool AllowPlaintextBackup = false, bool Derived = false,
        bool ImportedKey = false);

    public sealed record KeyVersion(byte[] PublicKey);

    public sealed record Sign(byte[] Input, int KeyVersion);

    /// <param name="Signature">vault:v1: and base64</param>
    public sealed record Signed(string Signature);

    public sealed record Answer<T>(T? Data) where T : class;

    public sealed record Failure(IReadOnlyList<string> Errors);
}
