using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;

namespace OpenShare.Benchmarks;

/// <summary>
/// Registers so many new devices, with tokens of as many uses of one account or more in turn: for each a challenge and a proven request, over so many
/// connections that stay open. Keys and proofs are this process's work, and its CPU seconds are told apart.
/// </summary>
internal static class Registrations
{
    internal static async Task<int> RunAsync(Uri server, IReadOnlyList<string> tokenTexts, int count, int parallel)
    {
        var tokens = tokenTexts.Select(RegistrationTokenText.Parse).ToList();
        using var http = Client(server, parallel);
        // The connections are made and both programs are warm.
        await Parallel.ForEachAsync(Enumerable.Range(0, parallel), async (_, cancel) => await ChallengeAsync(http, cancel));

        var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var refused = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (n, cancel) =>
        {
            using var key = SigningKey.Create(SystemRandom.Instance);
            if (await RegisterAsync(http, tokens[n % tokens.Count], key, cancel) is { } problem && Interlocked.Increment(ref refused) == 1)
                await Console.Error.WriteLineAsync(problem);
        });

        var seconds = clock.Elapsed.TotalSeconds;
        Console.WriteLine(FormattableString.Invariant(
            $"{count - refused} registered, {refused} refused, {seconds:F2} s, {(count - refused) / seconds:F0} per second, {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:F2} CPU s of the client"));
        return refused == 0 ? 0 : 1;
    }

    /// <returns>null: registered; else what the service said</returns>
    private static async Task<string?> RegisterAsync(HttpClient http, RegistrationTokenText token, SigningKey key, CancellationToken cancel)
    {
        var challenge = await ChallengeAsync(http, cancel);
        var id = DeviceId.FromPublicKey(key.PublicKey.Bytes);
        var name = id.ToString()[..8];
        var proof = new RegistrationProofPayload
        {
            DeviceId = ByteString.CopyFrom(id.ToBytes()),
            AccountId = token.Account.Value,
            PubkeyEd25519 = ByteString.CopyFrom(key.PublicKey.Bytes),
            Name = name,
            Platform = "linux-x64",
            AppVersion = "0.1.0",
            Nonce = ByteString.CopyFrom(Base64Url.Decode(challenge.Nonce, "nonce")),
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, RegistrationPaths.Register)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token.Secret) },
            Content = JsonContent.Create(
                new RegistrationMessages.RegisterRequest(
                    id.ToString(), token.Account.Value, Base64Url.Encode(key.PublicKey.Bytes), new RegistrationMessages.DeviceMetadata(name, "linux-x64", "0.1.0"),
                    SignedBlobs.Sign(key, SignatureContext.RegistrationProof, proof).ToText()),
                options: RegistrationJson.Options),
        };
        using var response = await http.SendAsync(request, cancel);
        var body = await response.Content.ReadAsStringAsync(cancel);
        return response.IsSuccessStatusCode ? null : body;
    }

    private static async Task<RegistrationMessages.Challenge> ChallengeAsync(HttpClient http, CancellationToken cancel)
    {
        using var response = await http.PostAsync(new Uri(RegistrationPaths.Challenge, UriKind.Relative), null, cancel);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<RegistrationMessages.Challenge>(RegistrationJson.Options, cancel))!;
    }

    // Any certificate will do: whom it measures it need not trust.
    private static HttpClient Client(Uri server, int parallel) => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = parallel,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
    })
    { BaseAddress = server };

    private sealed class SystemRandom : IRandomSource
    {
        internal static readonly SystemRandom Instance = new();

        public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
    }
}
