using System.Net.Http.Headers;
using System.Net.Http.Json;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Hosting;

namespace OpenShare.Registration.Tests.Support;

/// <summary>A device as the service sees one: a key, a name, and requests made as they should be, or not.</summary>
internal sealed class TestDevice(string account = "alice", string name = "Alice's laptop")
{
    public SigningKey Key { get; init; } = SigningKey.Create(new SystemRandom());

    public string Account { get; } = account;

    public string Name { get; set; } = name;

    public DeviceId Id => DeviceId.FromPublicKey(Key.PublicKey.Bytes);

    public RegistrationProofPayload Payload(byte[] nonce) => new()
    {
        DeviceId = ByteString.CopyFrom(Id.ToBytes()),
        AccountId = Account,
        PubkeyEd25519 = ByteString.CopyFrom(Key.PublicKey.Bytes),
        Name = Name,
        Platform = "linux-x64",
        AppVersion = "0.1.0",
        Nonce = ByteString.CopyFrom(nonce),
    };

    public RegistrationMessages.RegisterRequest Request(string proof) => new(
        Id.ToString(), Account, Base64Url.Encode(Key.PublicKey.Bytes), new RegistrationMessages.DeviceMetadata(Name, "linux-x64", "0.1.0"), proof);

    public string Proof(byte[] nonce, SignatureContext? context = null, ISigner? signer = null) =>
        SignedBlobs.Sign(signer ?? Key, context ?? SignatureContext.RegistrationProof, Payload(nonce)).ToText();

    public async Task<HttpResponseMessage> RegisterAsync(HttpClient http, string token) =>
        await PostAsync(http, RegistrationPaths.Register, Request(Proof(await NonceAsync(http))), RegistrationTokenText.Parse(token).Secret);

    /// <summary>The provisional certificate that this device, which is registered, gives another.</summary>
    public DeviceCertificate Endorse(DeviceCertificate own, TestDevice other, DateTimeOffset now) => DeviceCertificate.Sponsored(
        Key, own, (ulong)Random.Shared.NextInt64(), other.Key.PublicKey, other.Name, ProvisionalScope.Account, now, TimeSpan.FromDays(7));

    public async Task<HttpResponseMessage> PromoteAsync(HttpClient http, DeviceCertificate endorsement) =>
        await PostAsync(http, RegistrationPaths.Promote, new RegistrationMessages.PromoteRequest(Request(Proof(await NonceAsync(http))), endorsement.Blob.ToText()));

    public async Task<HttpResponseMessage> RenewAsync(HttpClient http) =>
        await PostAsync(http, RegistrationPaths.Renew,
            new RegistrationMessages.RenewRequest(Id.ToString(), Proof(await NonceAsync(http), SignatureContext.RenewalProof)));

    public async Task<HttpResponseMessage> AskForKeyAsync(HttpClient http, SignatureContext? context = null) =>
        await PostAsync(http, RegistrationPaths.DiscoveryKey, new RegistrationMessages.DiscoveryKeyRequest(
            Id.ToString(), Proof(await NonceAsync(http), context ?? SignatureContext.DiscoveryKeyProof)));

    public static async Task<byte[]> NonceAsync(HttpClient http)
    {
        using var response = await http.PostAsync(new Uri(RegistrationPaths.Challenge, UriKind.Relative), null);
        var challenge = await response.ReadAsync<RegistrationMessages.Challenge>();
        return Base64Url.Decode(challenge.Nonce, "nonce");
    }

    public static async Task<HttpResponseMessage> PostAsync(HttpClient http, string path, object body, string? bearer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = body as HttpContent ?? JsonContent.Create(body, body.GetType(), options: RegistrationJson.Options),
        };
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return await http.SendAsync(request);
    }
}
