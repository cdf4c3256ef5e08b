using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;

namespace OpenShare.Device.Pairing;

/// <summary>A pairing in which both sides have come as far as a short code, or has ended since.</summary>
/// <param name="Number">this device's own for it</param>
/// <param name="IsSponsor">this device is the one that pairs the other</param>
/// <param name="Peer">its key is proven; of a sponsor nothing else is, nor of a new device</param>
/// <param name="IsAsked">this side's person is to say whether both screens show the same</param>
/// <param name="State">how far it has come</param>
public sealed record Comparison(int Number, bool IsSponsor, DeviceCertificate Peer, ShortCode Code, bool IsAsked, DateTimeOffset EndsAt, ComparisonState State);

public abstract record ComparisonState
{
    private ComparisonState() { }

    /// <summary>Persons compare, or the one side waits for the other's.</summary>
    public sealed record Open : ComparisonState;

    /// <param name="Certificate">what the new device was given</param>
    public sealed record Paired(DeviceCertificate Certificate) : ComparisonState;

    /// <param name="Detail">for a person</param>
    public sealed record Refused(string Detail) : ComparisonState;
}
