using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>From a handshake's failure to what the rest of the device, and its person, are told.</summary>
internal static class LinkProblems
{
    /// <param name="about">who was dialled; null where only an address is known, or where it dialled: then whoever's certificate was shown</param>
    internal static LinkProblem From(HandshakeFailure failure, DeviceId? about = null) => failure switch
    {
        HandshakeFailure.Refused refused => new(From(refused.Code), refused.Detail, ByPeer: false) { IsProven = IsVerdict(refused, about) },
        HandshakeFailure.RefusedByPeer refused => new(From(refused.Code), refused.Detail, ByPeer: true) { IsProven = refused.By is not null && !IsCurable(refused.Code) },
        HandshakeFailure.Hinted { Code: Hint.Types.Code.NoCommonVersion } hint => new(LinkRefusal.NoCommonVersion, hint.Detail, ByPeer: true),
        _ => Unreachable(failure.Detail),
    };

    internal static LinkProblem Unreachable(string detail) => new(LinkRefusal.Unreachable, detail, ByPeer: false);

    // That a device is revoked, or claimed twice, is known here, whoever shows its certificate. One that has expired may be
    // an old one, kept by anybody: only the holder of its key has no newer. All else says that somebody else is at that address.
    private static bool IsVerdict(HandshakeFailure.Refused refused, DeviceId? about) =>
        refused.Certificate is { } shown && (about is null || shown.DeviceId == about) && refused.Code switch
        {
            RefusalCode.Revoked or RefusalCode.Duplicate or RefusalCode.Withdrawn => true,
            RefusalCode.Expired => refused.IsKeyProven,
            _ => false,
        };

    // This device's certificate is not good there: where the organisation has changed its keys, that ends by a renewal at once. Or its list is stale, which the next one ends.
    private static bool IsCurable(RefusalCode code) => code is RefusalCode.BadCertificate or RefusalCode.StaleList;

    private static LinkRefusal From(RefusalCode code) => code switch
    {
        RefusalCode.BadCertificate or RefusalCode.TrustRootBehind or RefusalCode.BadTrustRoot => LinkRefusal.BadCertificate,
        RefusalCode.WrongAccount => LinkRefusal.WrongAccount,
        RefusalCode.Expired => LinkRefusal.Expired,
        // To whoever wants to send, all three say the same: not to that device.
        RefusalCode.Revoked or RefusalCode.Withdrawn or RefusalCode.OutOfScope => LinkRefusal.Revoked,
        RefusalCode.NotInvited => LinkRefusal.NotRegistered,
        RefusalCode.Duplicate => LinkRefusal.Duplicate,
        RefusalCode.BadSignature => LinkRefusal.BadSignature,
        RefusalCode.StaleList => LinkRefusal.StaleList,
        RefusalCode.UnexpectedDevice => LinkRefusal.UnexpectedDevice,
        _ => LinkRefusal.Unreachable,
    };
}
