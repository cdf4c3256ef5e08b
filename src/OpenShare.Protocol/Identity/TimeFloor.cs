namespace OpenShare.Protocol.Identity;

/// <summary>
/// The newest time that a key of the organisation has put its name to. A device's idea of time never runs below it,
/// so that a clock set back brings no expired certificate to life.
/// </summary>
public sealed record TimeFloor(DateTimeOffset IssuedAt)
{
    public static readonly TimeFloor None = new(DateTimeOffset.UnixEpoch);

    /// <summary>The floor once something of this issue time was verified. An earlier time changes nothing.</summary>
    public TimeFloor Raise(DateTimeOffset issuedAt) => issuedAt > IssuedAt ? new TimeFloor(issuedAt) : this;

    /// <summary>What the device takes for now where that decides whom it trusts. Back-off and deadlines do not go by it.</summary>
    public DateTimeOffset At(DateTimeOffset clock) => clock > IssuedAt ? clock : IssuedAt;
}
