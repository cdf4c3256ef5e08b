using System.Security.Cryptography;
using System.Text.Json;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Registration.Revocation;

/// <summary>A revocation list as it is served: the bytes of the answer, and their strong ETag (RFC 9110 §8.8.3).</summary>
internal sealed class PublishedList
{
    public PublishedList(RevocationList list)
    {
        List = list;
        Body = JsonSerializer.SerializeToUtf8Bytes(
            new RegistrationMessages.RevocationListResponse(list.Blob.ToText(), list.Version), RegistrationJson.Options);
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Body).AsSpan(0, 16))}\"";
    }

    public RevocationList List { get; }

    public byte[] Body { get; }

    public string ETag { get; }

    /// <summary>When half of the list's life is over, and a fresh one is signed.</summary>
    public DateTimeOffset RenewAt => List.IssuedAt + (List.NextUpdate - List.IssuedAt) / 2;
}
