using OpenShare.Protocol.Pairing;

namespace OpenShare.Device.Views;

/// <summary>A device that may be paired, as its person shows it to another.</summary>
/// <param name="Fingerprint">of its key: 32 hex digits</param>
public sealed record PairingShown(PairingCode Code, string Fingerprint)
{
    /// <summary>Until when it is seen on the network; null: it is not.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>What came of an order to be paired.</summary>
public abstract record JoinReport
{
    private JoinReport() { }

    public sealed record Ended(JoinOutcome Outcome) : JoinReport;

    /// <summary>Another try has not ended yet.</summary>
    public sealed record UnderWay : JoinReport;

    /// <summary>This device has its certificate. Nothing was sent.</summary>
    public sealed record AlreadyRegistered : JoinReport;
}
