using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Discovery;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>What <c>peers</c> and its children say to each other, and nobody else.</summary>
internal static class PeerSignals
{
    /// <summary>Certificate, trust root, revocation list or known duplicates changed; null while not registered.</summary>
    internal sealed record PartyChanged(HandshakeParty? Party);

    internal sealed record Sighted(PeerSighting Sighting);

    /// <summary>This device lost an address, which the link may have been from.</summary>
    internal sealed record OwnAddressLost;

    /// <summary>It announces itself as before, after some seconds of silence.</summary>
    internal sealed record HeardAgain;

    internal sealed record AddressesKnown(ImmutableArray<IPEndPoint> Addresses);

    /// <summary>The peer has proven to this device who it is, now or long ago.</summary>
    internal sealed record IsKnown;

    /// <summary>A handshake succeeded outside the peer's own dialling: accepted, or at a typed address.</summary>
    internal sealed record Adopt(HandshakeOutcome.Open Link);

    internal sealed record JoinRequested(ITransportConnection Connection, Join Join);

    /// <summary>Prove once who is there and compare revocation lists; no link stays.</summary>
    internal sealed record Probe;

    /// <summary>Says goodbye where there is a link, and stops.</summary>
    internal sealed record Stop;

    /// <summary>From the child: a handshake proved this certificate.</summary>
    /// <param name="Remote">where it was reached, or from where it came</param>
    internal sealed record Proven(DeviceCertificate Certificate, IPEndPoint Remote, bool IsDialled);

    /// <summary>From the child: it was refused, by either side.</summary>
    internal sealed record Refused(DeviceId Device, LinkProblem Problem);

    /// <summary>From the child: it was dialled for a link, and nobody answered.</summary>
    internal sealed record NotReached(DeviceId Device);

    /// <summary>From the child: a probe came to nothing.</summary>
    internal sealed record ProbeFailed(DeviceId Device);

    /// <summary>From a child that was started anew. Answered with PartyChanged, IsKnown where it is, AddressesKnown where there are any, and Connect where it is wanted.</summary>
    internal sealed record StateWanted(DeviceId Device);

    internal sealed record SessionClosed(SessionId Session);
}
