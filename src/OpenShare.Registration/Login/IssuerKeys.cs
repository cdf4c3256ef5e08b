using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace OpenShare.Registration.Login;

/// <summary>
/// The issuer's signing keys (JWKS), fetched when they are needed: again when an hour has passed, and when a session is
/// signed by one that is not among them, since issuers change their keys.
/// </summary>
internal sealed class IssuerKeys : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);

    // An issuer that is away for a while is believed what it said: not for ever, since a key may have been withdrawn meanwhile.
    private static readonly TimeSpan Good = TimeSpan.FromDays(1);

    // Anybody may show a session of an unknown key, and each would be a request to the issuer.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private const int MaxDocument = 1024 * 1024;

    private readonly LoginIssuer _issuer;
    private readonly TimeProvider _time;
    private readonly ILogger<IssuerKeys> _log;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = MaxDocument,
    };

    private OpenIdConnectConfiguration? _newest;
    private long _fetchedAt;
    private long? _triedAt;

    public IssuerKeys(LoginOptions options, TimeProvider time, ILogger<IssuerKeys> log) => (_issuer, _time, _log) = (options.Issuer, time, log);

    /// <param name="lacking">the keys in hand, when they lack one: newer ones are wanted</param>
    /// <returns>null: there are none, and the issuer gives none now</returns>
    public async Task<OpenIdConnectConfiguration?> GetAsync(OpenIdConnectConfiguration? lacking, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            if (_newest is not null && _newest != lacking && _time.GetElapsedTime(_fetchedAt) < Fresh)
                return _newest;
            if (_triedAt is not { } tried || _time.GetElapsedTime(tried) >= Pause)
                await FetchAsync();
            return _newest is not null && _time.GetElapsedTime(_fetchedAt) < Good ? _newest : null;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _gate.Dispose();
    }

    // Not cancelled with the request that began it: others wait for it as well.
    private async Task FetchAsync()
    {
        try
        {
            var documents = new HttpDocumentRetriever(_http) { RequireHttps = _issuer.IsHttps };
            var configuration = await OpenIdConnectConfigurationRetriever.GetAsync(_issuer.Metadata, documents, default);
            if (configuration.Issuer != _issuer.Text)
                throw new InvalidOperationException($"its discovery document is of the issuer '{Protocol.Identity.Printable.Shorten(configuration.Issuer)}'");
            if (configuration.SigningKeys.Count == 0)
                throw new InvalidOperationException("it names no signing keys");
            (_newest, _fetchedAt) = (configuration, _time.GetTimestamp());
        }
        // Whatever the network and the library's parsers throw: no answer of an issuer may end more than this attempt.
        catch (Exception error)
        {
            _log.LogWarning("The issuer {Issuer} cannot be asked for its keys: {Reason}", _issuer, error.InnerException?.Message ?? error.Message);
        }
        finally
        {
            _triedAt = _time.GetTimestamp();
        }
    }
}
