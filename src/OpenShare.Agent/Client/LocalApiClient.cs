using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;

namespace OpenShare.Agent.Client;

/// <summary>The local control API, called. Every method throws <see cref="LocalApiException"/> with the agent's own words.</summary>
public sealed partial class LocalApiClient : IDisposable
{
    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;

    public LocalApiClient(ControlEndpoint control)
    {
        var handler = new SocketsHttpHandler { ConnectCallback = (_, cancellation) => Connect(control, cancellation), UseProxy = false, UseCookies = false };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://agent/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>False when no agent is there.</summary>
    public async Task<bool> IsAnsweringAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(HealthLimit);
        try
        {
            await GetAsync("v1/health", AgentJson.Readable.HealthDocument, limit.Token);
            return true;
        }
        catch (Exception e) when (e is LocalApiException { Code: LocalApiException.NoAgent } or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    public Task<StatusDocument> GetStatusAsync(CancellationToken cancellation) => GetAsync("v1/status", AgentJson.Readable.StatusDocument, cancellation);

    /// <summary>The status now, and again whenever it changes.</summary>
    public IAsyncEnumerable<StatusDocument> WatchStatusAsync(CancellationToken cancellation) =>
        WatchAsync("v1/status/watch", AgentJson.Readable.StatusDocument, cancellation);

    public Task<StatusDocument> RegisterAsync(RegisterRequest request, CancellationToken cancellation) =>
        PostAsync("v1/registration", request, AgentJson.Readable.RegisterRequest, AgentJson.Readable.StatusDocument, cancellation);

    /// <summary>Registers by logging in: where to, and then what came of it. Who stops reading gives it up.</summary>
    public async IAsyncEnumerable<LoginDocument> LogInAsync(LoginRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var post = new HttpRequestMessage(HttpMethod.Post, "v1/registration/login") { Content = JsonContent.Create(request, AgentJson.Readable.LoginRequest) };
        await foreach (var line in LinesAsync(post, AgentJson.Readable.LoginDocument, cancellation))
            yield return line;
    }

    /// <summary>A link that opens the web UI.</summary>
    public Task<UiLinkDocument> GetUiLinkAsync(CancellationToken cancellation) => PostAsync("v1/ui/link", AgentJson.Readable.UiLinkDocument, cancellation);

    /// <summary>Hands over files whose device is chosen on the page.</summary>
    /// <param name="paths">absolute</param>
    public Task<SelectionDocument> SelectAsync(IReadOnlyList<string> paths, CancellationToken cancellation) =>
        PostAsync("v1/ui/selections", new SelectionDocument(paths), AgentJson.Readable.SelectionDocument, AgentJson.Readable.SelectionDocument, cancellation);

    /// <summary>Status, peers, comparisons and each transfer: one of them now, and again whenever it changes.</summary>
    public IAsyncEnumerable<UiEventDocument> WatchAllAsync(CancellationToken cancellation) =>
        WatchAsync("v1/ui/watch", AgentJson.Readable.UiEventDocument, cancellation);

    public Task<IReadOnlyList<PeerDocument>> GetPeersAsync(CancellationToken cancellation) => GetAsync("v1/peers", AgentJson.Readable.Peers, cancellation);

    /// <summary>Each peer now, and again whenever it changes.</summary>
    public IAsyncEnumerable<PeerDocument> WatchPeersAsync(CancellationToken cancellation) =>
        WatchAsync("v1/peers/watch", AgentJson.Readable.PeerDocument, cancellation);

    /// <param name="device">its name, or the beginning of its id</param>
    public Task<ResolvedDocument> ResolveDuplicateAsync(string device, CancellationToken cancellation) =>
        PostAsync($"v1/peers/{Uri.EscapeDataString(device)}/resolve", AgentJson.Readable.ResolvedDocument, cancellation);

    /// <summary>This device's code; and it is seen on the network for ten minutes, where it has no certificate.</summary>
    public Task<PairingCodeDocument> AnnounceForPairingAsync(CancellationToken cancellation) =>
        PostAsync("v1/pairing/announcement", AgentJson.Readable.PairingCodeDocument, cancellation);

    public Task<IReadOnlyList<ComparisonDocument>> GetComparisonsAsync(CancellationToken cancellation) =>
        GetAsync("v1/pairing/comparisons", AgentJson.Readable.Comparisons, cancellation);

    /// <summary>Each pairing in which a code is compared, now and whenever it changes.</summary>
    public IAsyncEnumerable<ComparisonDocument> WatchComparisonsAsync(CancellationToken cancellation) =>
        WatchAsync("v1/pairing/comparisons/watch", AgentJson.Readable.ComparisonDocument, cancellation);

    public Task<ComparisonAnswer> CompareAsync(int id, bool isSame, CancellationToken cancellation) =>
        PostAsync($"v1/pairing/comparisons/{id}", new ComparisonAnswer(isSame), AgentJson.Readable.ComparisonAnswer, AgentJson.Readable.ComparisonAnswer, cancellation);

    public Task<InvitationDocument> InviteAsync(InviteRequest request, CancellationToken cancellation) =>
        PostAsync("v1/pairing/invitations", request, AgentJson.Readable.InviteRequest, AgentJson.Readable.InvitationDocument, cancellation);

    /// <summary>What a pairing token says of itself.</summary>
    public Task<TokenDocument> ReadTokenAsync(string token, CancellationToken cancellation) =>
        PostAsync("v1/pairing/token", new JoinRequest(token), AgentJson.Readable.JoinRequest, AgentJson.Readable.TokenDocument, cancellation);

    public Task<JoinDocument> JoinAsync(JoinRequest request, CancellationToken cancellation) =>
        PostAsync("v1/pairing/join", request, AgentJson.Readable.JoinRequest, AgentJson.Readable.JoinDocument, cancellation);

    /// <param name="device">its name, or the beginning of its id</param>
    public Task<WithdrawnDocument> WithdrawAsync(string device, CancellationToken cancellation) =>
        PostAsync($"v1/peers/{Uri.EscapeDataString(device)}/withdraw", AgentJson.Readable.WithdrawnDocument, cancellation);

    public Task<TransferDocument> SendAsync(SendRequest request, CancellationToken cancellation) =>
        PostAsync("v1/sends", request, AgentJson.Readable.SendRequest, AgentJson.Readable.TransferDocument, cancellation);

    public Task<IReadOnlyList<TransferDocument>> GetTransfersAsync(CancellationToken cancellation) =>
        GetAsync("v1/transfers", AgentJson.Readable.Transfers, cancellation);

    /// <summary>Each transfer now, and again whenever it changes.</summary>
    public IAsyncEnumerable<TransferDocument> WatchTransfersAsync(CancellationToken cancellation) =>
        WatchAsync("v1/transfers/watch", AgentJson.Readable.TransferDocument, cancellation);

    /// <param name="id">or any unique prefix, of the transfer's id or its manifest's</param>
    public Task<TransferDocument> GetTransferAsync(string id, CancellationToken cancellation) =>
        GetAsync($"v1/transfers/{Uri.EscapeDataString(id)}", AgentJson.Readable.TransferDocument, cancellation);

    /// <summary>Its file list; null while that is not complete.</summary>
    public async Task<JsonElement?> FindManifestAsync(string id, CancellationToken cancellation)
    {
        try
        {
            return await GetAsync($"v1/transfers/{Uri.EscapeDataString(id)}/manifest", AgentJson.Readable.JsonElement, cancellation);
        }
        catch (LocalApiException e) when (e.Code == ProblemCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>How many of its files are done, under way and to come, and those that are under way, so many at most. Null where that is not known.</summary>
    public Task<FilesDocument?> FindFilesUnderWayAsync(string id, int most, CancellationToken cancellation) =>
        FindAsync($"v1/transfers/{Uri.EscapeDataString(id)}/files?state=under_way&count={most}", AgentJson.Readable.FilesDocument, cancellation);

    /// <summary>The same, with every file of it.</summary>
    public async Task<FilesDocument?> FindFilesAsync(string id, CancellationToken cancellation)
    {
        var all = new List<FileDocument>();
        FilesDocument? page = null;
        do
        {
            page = await FindAsync($"v1/transfers/{Uri.EscapeDataString(id)}/files?from={page?.Next ?? 0}", AgentJson.Readable.FilesDocument, cancellation);
            all.AddRange(page?.List ?? []);
        }
        while (page is { Next: not null });
        return page is null ? null : page with { List = all };
    }

    /// <summary>The transfer now, and again whenever it changes, until it has ended.</summary>
    public IAsyncEnumerable<TransferDocument> WatchTransferAsync(string id, CancellationToken cancellation) =>
        WatchAsync($"v1/transfers/{Uri.EscapeDataString(id)}/watch", AgentJson.Readable.TransferDocument, cancellation);

    public Task<TransferDocument> CancelTransferAsync(string id, CancellationToken cancellation) => OrderAsync(id, "cancel", cancellation);

    public Task<TransferDocument> PauseTransferAsync(string id, CancellationToken cancellation) => OrderAsync(id, "pause", cancellation);

    public Task<TransferDocument> ResumeTransferAsync(string id, CancellationToken cancellation) => OrderAsync(id, "resume", cancellation);

    /// <param name="always">and every later offer of that device</param>
    /// <param name="saveTo">an absolute directory for what is accepted; null: where all is saved</param>
    public Task<TransferDocument> AnswerOfferAsync(string id, bool isAccepted, bool always, string? saveTo, CancellationToken cancellation) =>
        PostAsync($"v1/transfers/{Uri.EscapeDataString(id)}/{(isAccepted ? "accept" : "decline")}", new OfferAnswerRequest(always, saveTo),
            AgentJson.Readable.OfferAnswerRequest, AgentJson.Readable.TransferDocument, cancellation);

    public Task<StatusDocument> ChangeSettingsAsync(SettingsRequest request, CancellationToken cancellation) =>
        PostAsync("v1/settings", request, AgentJson.Readable.SettingsRequest, AgentJson.Readable.StatusDocument, cancellation);

    /// <param name="device">its name, or the beginning of its id</param>
    /// <param name="answer">always, never or ask</param>
    public Task<AcceptRuleDocument> SetAcceptRuleAsync(string device, string answer, CancellationToken cancellation) =>
        PostAsync($"v1/peers/{Uri.EscapeDataString(device)}/accept", new AcceptRuleRequest(answer),
            AgentJson.Readable.AcceptRuleRequest, AgentJson.Readable.AcceptRuleDocument, cancellation);

    /// <summary>The text that a transfer brought here; null where it brought none.</summary>
    public Task<TextDocument?> FindTextAsync(string id, CancellationToken cancellation) =>
        FindAsync($"v1/transfers/{Uri.EscapeDataString(id)}/text", AgentJson.Readable.TextDocument, cancellation);

    public Task<ReceiptDocument> GetReceiptAsync(string transferId, CancellationToken cancellation) =>
        GetAsync($"v1/transfers/{Uri.EscapeDataString(transferId)}/receipt", AgentJson.Readable.ReceiptDocument, cancellation);

    public Task<VerdictDocument> VerifyReceiptAsync(VerifyReceiptRequest request, CancellationToken cancellation) =>
        PostAsync("v1/receipts/verify", request, AgentJson.Readable.VerifyReceiptRequest, AgentJson.Readable.VerdictDocument, cancellation);

    public Task<RevocationDocument> GetRevocationAsync(CancellationToken cancellation) => GetAsync("v1/revocation", AgentJson.Readable.RevocationDocument, cancellation);

    public Task<RevocationDocument> RefreshRevocationAsync(CancellationToken cancellation) =>
        PostAsync("v1/revocation/refresh", AgentJson.Readable.RevocationDocument, cancellation);

    /// <param name="device">only about this one: its name, its id or a prefix of it, or HOST:PORT; null: the whole network</param>
    public Task<DoctorDocument> DiagnoseAsync(string? device, CancellationToken cancellation) =>
        GetAsync(device is null ? "v1/doctor" : $"v1/doctor?device={Uri.EscapeDataString(device)}", AgentJson.Readable.DoctorDocument, cancellation);

    public void Dispose() => _http.Dispose();
}
