using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>Why a pairing came to nothing: one of a closed set, which each side shows in its own words or the other's.</summary>
/// <param name="Detail">for a person</param>
public sealed record PairingRefusal(PairingRefusalCode Code, string Detail)
{
    /// <summary>As the new device says it.</summary>
    public Control ToSponsor() => new() { PairingRefused = Refused() };

    internal PairingAnswer ToWire() => new() { Refused = Refused() };

    internal static PairingRefusal Read(PairingRefused refused) => new(
        Enum.IsDefined(refused.Code) ? refused.Code : PairingRefusalCode.Unspecified,
        refused.Detail.Length > 0 ? Printable.Shorten(refused.Detail) : "The other device gave no reason.");

    private PairingRefused Refused() => new() { Code = Code, Detail = Printable.Shorten(Detail) };
}
