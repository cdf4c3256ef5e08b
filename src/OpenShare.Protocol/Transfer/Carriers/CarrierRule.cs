namespace OpenShare.Protocol.Transfer.Carriers;

/// <summary>How it is chosen what streams go over.</summary>
public enum CarrierRule
{
    /// <summary>TCP, and QUIC for as long as it measures better on a path that loses packets.</summary>
    Measured,

    /// <summary>Nothing but TCP, links among it.</summary>
    Tcp,

    /// <summary>Nothing but QUIC, links among it.</summary>
    Quic,

    /// <summary>Each in turn: to try out the change.</summary>
    Alternate,
}
