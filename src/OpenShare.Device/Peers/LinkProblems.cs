using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>From a handshake's failure to what the rest of the device, and its person, are told.</summary>
internal static class LinkProblems
{
    internal static LinkProblem From(HandshakeFailure failure) => failure switch
    {
        HandshakeFailure.Refused refused => new(From(refused.Code), refused.Detail, ByPeer: false) { IsProven = IsOfThePeer(refused.Code) },
        HandshakeFailure.RefusedByPeer refused => new(From(refused.Code), refused.Detail, ByPeer: true) { IsProven = refused.By is not null && !IsCurable(refused.Code) },
        HandshakeFailure.Hinted { Code: Hint.Types.Code.NoCommonVersion } hint => new(LinkRefusal.NoCommonVersion, hint.Detail, ByPeer: true),
        _ => Unreachable(failure.Detail),
    };

    internal static LinkProblem Unreachable(string detail) => new(LinkRefusal.Unreachable, detail, ByPeer: false);

    // What a device's genuine certificate says of it. The others say only that somebody else is at that address.
    private static bool IsOfThePeer(RefusalCode code) => code is RefusalCode.Expired or RefusalCode.Revoked or RefusalCode.Duplicate;

    // This device's certificate is not good there: where the organisation has changed its keys, that ends by a renewal at once.
    private static bool IsCurable(RefusalCode code) => code is RefusalCode.BadCertificate;

    private static LinkRefusal From(RefusalCode code) => code switch
    {
        RefusalCode.BadCertificate or RefusalCode.TrustRootBehind or RefusalCode.BadTrustRoot => LinkRefusal.BadCertificate,
        RefusalCode.WrongAccount => LinkRefusal.WrongAccount,
        RefusalCode.Expired => LinkRefusal.Expired,
        RefusalCode.Revoked => LinkRefusal.Revoked,
        RefusalCode.Duplicate => LinkRefusal.Duplicate,
        RefusalCode.BadSignature => LinkRefusal.BadSignature,
        RefusalCode.UnexpectedDevice => LinkRefusal.UnexpectedDevice,
        _ => LinkRefusal.Unreachable,
    };
}
