namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>How much a finding weighs.</summary>
public enum Severity
{
    /// <summary>Looked at, and as it should be.</summary>
    Ok,

    /// <summary>Worth knowing; nothing has to be done.</summary>
    Note,

    /// <summary>Wrong: it keeps devices apart, or will.</summary>
    Problem,
}

/// <summary>What a finding is. The names, in snake_case, are what scripts go by (docs/doctor.md).</summary>
public enum FindingCode
{
    NetworkWorks,
    NoNetwork,
    InterfaceMissing,
    OnlySelfAssigned,
    OnlyVirtualNetworks,
    VpnTakesTraffic,
    GatewaySilent,

    MdnsPortTaken,
    ListenPortTaken,
    ListenAddressMissing,
    AgentNotRunning,

    MulticastWorks,
    NobodyAnswers,
    MulticastBlocked,
    MulticastInBlocked,
    MulticastOutBlocked,
    MulticastFails,
    FirewallBlocksOut,
    BroadcastWorks,
    BroadcastBlocked,

    PortOpen,
    PortBlockedHere,

    DeviceReached,
    PortBlockedThere,
    NotRunningThere,
    DeviceSilent,
    OtherSubnet,
    HandshakeFailed,
    DeviceRevoked,
    DeviceExpired,
    DeviceDuplicate,

    ClockRight,
    ClockWrong,

    CertificateGood,
    NotRegistered,
    RegistrationUnderway,
    RegistrationRefused,
    CertificateExpired,
    CertificateExpiring,
    Revoked,
    RevocationListStale,

    Provisional,
    PairingOffered,

    ServerAnswers,
    ServerNameUnknown,
    ServerUnreachable,
    ServerNotRunning,
    ServerNotTrusted,
    ServerFails,
}

/// <summary>What to do about it.</summary>
/// <param name="Text">in words</param>
/// <param name="Command">what to type on this platform, where there is such a thing</param>
public sealed record Remedy(string Text, string? Command = null);

/// <summary>One thing that was looked at, in a person's words.</summary>
public sealed record Finding
{
    private Finding(FindingCode code, Severity severity, string what, string? why, Remedy? remedy) =>
        (Code, Severity, What, Why, Remedy) = (code, severity, what, why, remedy);

    public FindingCode Code { get; }

    public Severity Severity { get; }

    /// <summary>What is so, and never more than was seen.</summary>
    public string What { get; }

    /// <summary>What comes of it; null where all is well.</summary>
    public string? Why { get; }

    /// <summary>Null where all is well.</summary>
    public Remedy? Remedy { get; }

    /// <summary>The device or the interface that it is about; null: this device as a whole.</summary>
    public string? About { get; init; }

    public static Finding Ok(FindingCode code, string what) => new(code, Severity.Ok, what, null, null);

    public static Finding Note(FindingCode code, string what, string why, Remedy remedy) => new(code, Severity.Note, what, why, remedy);

    public static Finding Problem(FindingCode code, string what, string why, Remedy remedy) => new(code, Severity.Problem, what, why, remedy);

    internal static Finding Of(FindingCode code, bool isProblem, string what, string why, Remedy remedy) =>
        isProblem ? Problem(code, what, why, remedy) : Note(code, what, why, remedy);
}
