using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Discovery;

/// <summary>
/// The way to all on every interface's network, by multicast and by broadcast: sockets in life, memory in a simulation. Owned
/// by one actor; only its notices come from other threads.
/// </summary>
public interface IDiscoveryPort : IDisposable
{
    /// <summary>From now on the receiver is told each <see cref="DiscoveryDatagram"/>, and <see cref="NetworkMayHaveChanged"/>.</summary>
    void Open(IActorRef receiver);

    /// <summary>Reads the list of interfaces anew and joins the groups where that is still to be done.</summary>
    /// <param name="only">names of the interfaces to use; null: every one</param>
    DiscoveryInterfaces Refresh(ImmutableArray<string>? only);

    /// <summary>Sends to all on one interface, or to one querier.</summary>
    /// <returns>null when it was sent in at least one address family; else why not</returns>
    string? Send(int networkInterface, DiscoveryMedium medium, ReadOnlyMemory<byte> packet, IPEndPoint? to);

    /// <summary>The receiver is done with one datagram. Only a bounded number is under way; what comes beyond is dropped.</summary>
    void Release();
}

/// <summary>A datagram that came to all.</summary>
public sealed record DiscoveryDatagram(int Interface, DiscoveryMedium Medium, MdnsPacket Packet) : INoSerializationVerificationNeeded
{
    public DiscoveryDatagram(int Interface, DiscoveryMedium medium, IPEndPoint from, ReadOnlyMemory<byte> bytes) : this(Interface, medium, new MdnsPacket(from, bytes)) { }
}

/// <summary>An interface or an address came or went: time to refresh.</summary>
public sealed record NetworkMayHaveChanged
{
    public static readonly NetworkMayHaveChanged Instance = new();
}

/// <param name="Failed">those that cannot be used, and those usable ones of which one address family cannot</param>
public sealed record DiscoveryInterfaces(ImmutableArray<MdnsInterface> Usable, ImmutableArray<InterfaceFailure> Failed);
