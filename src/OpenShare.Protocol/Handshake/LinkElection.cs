using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Handshake;

/// <summary>
/// Which of two links between the same two devices stays. Both sides dialled at once: the one that the lower device
/// id dialled. The same side dialled twice: the newer, since the older must have broken there unnoticed here.
/// </summary>
public static class LinkElection
{
    public static bool NewerStays(DeviceId self, DeviceId peer, HandshakeRole roleInOlder, HandshakeRole roleInNewer)
    {
        if (roleInOlder == roleInNewer)
            return true;
        var lowerDialledNewer = (self < peer) == (roleInNewer == HandshakeRole.Initiator);
        return lowerDialledNewer;
    }
}
