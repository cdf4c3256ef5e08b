namespace OpenShare.Protocol.Transfer.Carriers;

/// <summary>What carries a stream of a link. The frames are the same on each.</summary>
public enum Carrier
{
    Tcp,
    Quic,
}
