namespace OpenShare.Desktop.Tray;

internal enum TrayState
{
    Idle,
    Sending,
    Receiving,

    /// <summary>Something needs the person.</summary>
    Warning,

    /// <summary>No agent is there.</summary>
    Offline,
}

internal static class TrayStates
{
    internal static TrayState Of(AgentState agent) => agent switch
    {
        { Status: null } => TrayState.Offline,
        { WaitsForPerson: true } or { Status.Trust: "revoked" or "expired" or "duplicate" } or { Status.CrlStale: true } or { Status.Registration.State: "refused" } => TrayState.Warning,
        _ when agent.Active.Any(t => t.IsReceiving()) => TrayState.Receiving,
        _ when agent.Active.Any() => TrayState.Sending,
        _ => TrayState.Idle,
    };

    internal static string Words(TrayState state) => state switch
    {
        TrayState.Idle => "OpenShare",
        TrayState.Sending => "OpenShare is sending",
        TrayState.Receiving => "OpenShare is receiving",
        TrayState.Warning => "OpenShare needs you",
        _ => "OpenShare is not running",
    };
}
