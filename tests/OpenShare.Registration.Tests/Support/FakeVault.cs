using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys;

namespace OpenShare.Registration.Tests.Support;

/// <summary>Vault's transit engine as its API is documented, over TLS, with what can go wrong with it.</summary>
internal sealed class FakeVault : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ConcurrentDictionary<string, TransitKey> _keys = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly WebApplication _app;

    private FakeVault()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=vault", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(AuthoritiesFile, made.ExportCertificatePem());
        File.WriteAllText(TokenFile, Token + "\n");
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public const string Path = "transit";

    public string Token { get; set; } = "hvs.CAESIJtokenOfTheTests";

    public string TokenFile => _directory.File("token");

    public string AuthoritiesFile => _directory.File("ca.pem");

    public IReadOnlyCollection<string> Requests => _requests;

    public IReadOnlyDictionary<string, TransitKey> Keys => _keys;

    /// <summary>What becomes of a request instead of its answer; null: nothing. It is given method and path.</summary>
    public Func<string, HttpContext, Task>? Trouble { get; set; }

    public string Address(string prefix = "openshare") => $"vault:{_app.Urls.Single()}/{Path}?prefix={prefix}&token-file={TokenFile}&ca-file={AuthoritiesFile}";

    public SigningKeyPlace Place(string prefix = "openshare") => SigningKeyPlace.Parse(Address(prefix));

    public static async Task<FakeVault> StartAsync()
    {
        var vault = new FakeVault();
        await vault._app.StartAsync();
        return vault;
    }

    public void Put(string name, TransitKey key) => _keys[name] = key;

    public static Task SealedAsync(string request, HttpContext http) => FailAsync(http, 503, "Vault is sealed");

    public static Task FailAsync(HttpContext http, int status, params string[] errors)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new { errors });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _directory.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var request = $"{http.Request.Method} {http.Request.Path}";
        _requests.Enqueue(request);
        if (Trouble is { } trouble)
        {
            await trouble(request, http);
            if (http.Response.HasStarted)
                return;
        }
        if (http.Request.Headers["X-Vault-Token"] != Token || http.Request.Headers["X-Vault-Request"] != "true")
            await FailAsync(http, 403, "permission denied");
        else if (http.Request.Path.Value!.Split('/') is ["", "v1", Path, var what, var name, .. var rest])
            await AnswerAsync(http, $"{http.Request.Method} {string.Join('/', (string[])[what, .. rest])}", name);
        else
            await FailAsync(http, 404, $"no handler for route \"{http.Request.Path}\"");
    }

    private async Task AnswerAsync(HttpContext http, string operation, string name)
    {
        var body = http.Request.Method == "POST" ? await JsonSerializer.DeserializeAsync<JsonObject>(http.Request.Body) : null;
        var key = _keys.GetValueOrDefault(name);
        switch (operation)
        {
            case "POST keys":
                key = _keys.GetOrAdd(name, _ => TransitKey.Create((string?)body!["type"] ?? "aes256-gcm96") with
                {
                    Exportable = (bool?)body["exportable"] ?? false, AllowPlaintextBackup = (bool?)body["allow_plaintext_backup"] ?? false,
                });
                await http.Response.WriteAsJsonAsync(new { data = Show(name, key) });
                break;
            case "GET keys" when key is not null:
                await http.Response.WriteAsJsonAsync(new { data = Show(name, key), warnings = (object?)null, auth = (object?)null });
                break;
            case "POST keys/rotate" when key is not null:
                key.Versions[key.Latest + 1] = SigningKey.Create(new SystemRandom());
                http.Response.StatusCode = 204;
                break;
            case "POST keys/config" when key is not null:
                _keys[name] = key with
                {
                    DeletionAllowed = (bool?)body!["deletion_allowed"] ?? key.DeletionAllowed,
                    Oldest = Math.Min((int?)body["min_decryption_version"] ?? 0, (int?)body["min_encryption_version"] ?? 0) is > 0 and var oldest ? oldest : key.Oldest,
                };
                http.Response.StatusCode = 204;
                break;
            case "POST keys/trim" when key is not null && key.Oldest > 0 && (int)body!["min_available_version"]! <= key.Oldest:
                foreach (var version in key.Versions.Keys.Where(v => v < (int)body["min_available_version"]!))
                    key.Versions.TryRemove(version, out _);
                http.Response.StatusCode = 204;
                break;
            case "DELETE keys" when key is { DeletionAllowed: true }:
                _keys.TryRemove(name, out _);
                http.Response.StatusCode = 204;
                break;
            case "POST sign" when key is not null && key.Versions.TryGetValue((int?)body!["key_version"] ?? key.Latest, out var signer):
                var signature = Convert.ToBase64String(signer.Sign(Convert.FromBase64String((string)body["input"]!)));
                await http.Response.WriteAsJsonAsync(new { data = new { signature = $"vault:v{(int?)body["key_version"] ?? key.Latest}:{signature}" } });
                break;
            default:
                await (key is null ? FailAsync(http, 404) : FailAsync(http, 400, $"{operation} is not allowed"));
                break;
        }
    }

    private static object Show(string name, TransitKey key) => new
    {
        name, type = key.Type, latest_version = key.Latest, exportable = key.Exportable, allow_plaintext_backup = key.AllowPlaintextBackup,
        derived = key.Derived, imported_key = key.Imported, deletion_allowed = key.DeletionAllowed, supports_signing = true,
        keys = key.Versions.ToDictionary(v => $"{v.Key}", v => key.Type == "ed25519"
            ? (object)new { name = "ed25519", public_key = Convert.ToBase64String(v.Value.PublicKey.Bytes), creation_time = "2031-03-14T09:26:53.589793238Z", certificate_chain = "" }
            : 1931246813),
    };

    internal sealed record TransitKey(string Type, ConcurrentDictionary<int, SigningKey> Versions)
    {
        public bool Exportable { get; init; }
        public bool AllowPlaintextBackup { get; init; }
        public bool Derived { get; init; }
        public bool Imported { get; init; }
        public bool DeletionAllowed { get; init; }

        /// <summary>What may be trimmed to.</summary>
        public int Oldest { get; init; }

        public int Latest => Versions.Keys.Max();

        public static TransitKey Create(string type) => new(type, new() { [1] = SigningKey.Create(new SystemRandom()) });
    }
}
