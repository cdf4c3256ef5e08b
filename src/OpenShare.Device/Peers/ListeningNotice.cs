using System.Net;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>
/// Where the side that dialled takes connections itself. Where no announcement gets through, the other would know no more of
/// it than that it was here (ADR 0049).
/// </summary>
internal static class ListeningNotice
{
    /// <returns>null: this side was dialled, or does not listen</returns>
    internal static Control? Of(HandshakeParty party, HandshakeRole role) =>
        role == HandshakeRole.Initiator && party.ListensAt is { } port ? new Control { Listening = new Listening { Port = (uint)port } } : null;

    /// <summary>At the address that it came from, and no other: nobody can be made to knock at a third.</summary>
    /// <returns>null: nothing was said that counts</returns>
    internal static PeerEvents.ListeningTold? Read(Listening? said, DeviceId peer, IPEndPoint cameFrom, HandshakeRole role) =>
        role == HandshakeRole.Responder && said is { Port: > 0 and <= IPEndPoint.MaxPort } ? new(peer, new IPEndPoint(cameFrom.Address, (int)said.Port)) : null;
}
