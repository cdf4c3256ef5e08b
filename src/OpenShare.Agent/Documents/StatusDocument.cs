namespace OpenShare.Agent.Documents;

/// <summary>What <c>openshare status --json</c> prints.</summary>
/// <param name="Trust">certified, provisional, unpaired (no certificate yet), expired, duplicate or revoked</param>
/// <param name="CrlVersion">0: no list yet</param>
/// <param name="Listening">HOST:PORT of each socket peers connect to</param>
public sealed record StatusDocument(
    string DeviceId,
    string? AccountId,
    string Name,
    DateTimeOffset? CertExpiresAt,
    string Trust,
    ulong CrlVersion,
    DateTimeOffset? CrlIssuedAt,
    bool CrlStale,
    IReadOnlyList<string> Listening,
    IReadOnlyList<RungDocument> Discovery,
    IReadOnlyList<string> Warnings,
    RegistrationDocument Registration,
    string Home,
    string SaveTo,
    string Accept)
{
    /// <summary>How the agent before this one ended, where that was a crash.</summary>
    public CrashDocument? Crash { get; init; }

    /// <summary>The certificate was not renewed in its time, and is near its end.</summary>
    public bool CertEndsSoon { get; init; }

    /// <summary>yes or no: files that are there may be replaced where their sender wishes it.</summary>
    public string Overwrite { get; init; } = "yes";

    /// <summary>Bytes a second of what is sent from here, where whoever sends says nothing; null: as many as go.</summary>
    public long? Limit { get; init; }

    /// <summary>Bytes that a provisional device may send at once; null: any number.</summary>
    public long? ProvisionalLimit { get; init; }

    /// <summary>Where what provisional devices send goes; null: where all else does.</summary>
    public string? ProvisionalTo { get; init; }

    /// <summary>Nobody was found in any way: a new device can be paired by a code or a QR (<c>openshare pair</c>).</summary>
    public bool PairingOffered { get; init; }

    /// <summary>Devices whose offers are decided once for all.</summary>
    public IReadOnlyList<AcceptRuleDocument> Rules { get; init; } = [];
}

/// <summary>An agent of this home ended by its own fault.</summary>
/// <param name="What">the first line of it</param>
/// <param name="Report">the file that has all of it</param>
public sealed record CrashDocument(DateTimeOffset At, string What, string Report);

/// <param name="Name">null: the device is not known any more</param>
/// <param name="Answer">always or never; ask where there is no rule any more</param>
public sealed record AcceptRuleDocument(string DeviceId, string? Name, string Answer);

/// <summary>One way of finding devices, and what came of it.</summary>
/// <param name="Way">mdns, broadcast or last_known</param>
/// <param name="Interface">null: it is none's own</param>
/// <param name="State">searching, found, nobody, or resting where it is not needed</param>
public sealed record RungDocument(string Way, string? Interface, string State);

/// <param name="State">unregistered, underway, provisional, certified or refused</param>
/// <param name="Problem">why the last attempt failed, or why the service refused</param>
/// <param name="Reason">refused: bad_token, quota, wrong_server, revoked or other; provisional: awaits_administrator, where a yes of theirs is to come first</param>
public sealed record RegistrationDocument(
    string State, string? Server, int Attempts, string? Problem, string? Reason, DateTimeOffset? NextAttemptAt);
