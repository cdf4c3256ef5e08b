namespace OpenShare.Agent.Documents;

/// <param name="ServerFingerprint">"sha256:" and 64 hex digits of the service's TLS certificate</param>
/// <param name="CaPem">certificates that vouch for the service's TLS certificate</param>
public sealed record RegisterRequest(string Server, string Token, string? ServerFingerprint = null, string? CaPem = null, string? Name = null);

/// <summary>To register by logging in. Without a fingerprint or certificates the system's authorities vouch for the server.</summary>
public sealed record LoginRequest(string Server, string? ServerFingerprint = null, string? CaPem = null, string? Name = null);

/// <summary>How far a login is: one after the other, a line each.</summary>
/// <param name="State">waiting for a person in a browser; then registering, or failed</param>
/// <param name="Url">waiting only: to be opened in a browser</param>
/// <param name="ExpiresAt">waiting only: for so long</param>
/// <param name="Problem">failed only</param>
public sealed record LoginDocument(string State, string? Url = null, DateTimeOffset? ExpiresAt = null, ProblemDocument? Problem = null)
{
    public const string Waiting = "waiting";
    public const string Registering = "registering";
    public const string Failed = "failed";
}

/// <param name="Paths">absolute</param>
/// <param name="To">a device's name, id, unique prefix of its id, or address</param>
/// <param name="WaitSeconds">how long a device that is not to be seen is waited for</param>
/// <param name="Conflict">where a name is taken: rename, skip or overwrite</param>
public sealed record SendRequest(IReadOnlyList<string> Paths, string To, double WaitSeconds = 0, long BytesPerSecond = 0, string Conflict = "rename")
{
    /// <summary>Bytes of a text as UTF-8.</summary>
    public const int LongestText = Protocol.Wire.Limits.Text;

    /// <summary>Sent instead of files, of which there are none then.</summary>
    public string? Text { get; init; }
}

/// <param name="Always">and every later offer of that device</param>
/// <param name="SaveTo">an absolute directory, for this one alone; with accept only</param>
public sealed record OfferAnswerRequest(bool Always = false, string? SaveTo = null);

/// <param name="Answer">always, never, or ask: as the agent's policy says</param>
public sealed record AcceptRuleRequest(string Answer);

/// <summary>Changed while the agent runs, and kept for its next start. What is null stays as it is.</summary>
/// <param name="Accept">own, ask or none</param>
/// <param name="SaveTo">an absolute directory; made where it is missing</param>
/// <param name="Overwrite">yes or no</param>
/// <param name="Limit">bytes a second, with K, M or G, or none</param>
public sealed record SettingsRequest(string? Accept = null, string? SaveTo = null, string? Overwrite = null, string? Limit = null);

/// <param name="Receipt">as <see cref="ReceiptDocument.Receipt"/></param>
public sealed record VerifyReceiptRequest(string Receipt);

/// <summary>Who answers at the control endpoint.</summary>
public sealed record HealthDocument(string Version, int ProcessId);

/// <summary>Why a request came to nothing.</summary>
/// <param name="Code">one of <see cref="ProblemCodes"/></param>
/// <param name="Message">one or two sentences for a person: what, why, what to do</param>
public sealed record ProblemDocument(string Code, string Message);

public static class ProblemCodes
{
    /// <summary>By the web UI's port: not for whoever asks.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>The request makes no sense as it stands.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>A name or prefix that stands for more than one thing.</summary>
    public const string Ambiguous = "ambiguous";
    public const string NotFound = "not_found";
    public const string DeviceNotFound = "device_not_found";
    public const string NotRegistered = "not_registered";
    public const string AlreadyRegistered = "already_registered";
    public const string NotTrusted = "not_trusted";
    public const string ServerUnreachable = "server_unreachable";

    /// <summary>A pairing token that is not good, or not any more.</summary>
    public const string BadToken = "bad_token";

    /// <summary>Nobody logged in in time, or the issuer or the server did not take it.</summary>
    public const string LoginFailed = "login_failed";

    /// <summary>A pairing token of a device that nobody here has vouched for.</summary>
    public const string SponsorUnknown = "sponsor_unknown";

    /// <summary>Nobody said that both screens show the same code.</summary>
    public const string NotCompared = "not_compared";

    /// <summary>An answer to a transfer, or to a comparison, that does not wait for one.</summary>
    public const string NotAsked = "not_asked";
    public const string Failed = "failed";
}
