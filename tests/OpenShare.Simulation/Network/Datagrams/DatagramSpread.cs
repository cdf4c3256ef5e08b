using OpenShare.Device.Discovery;
using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Network.Observing;

namespace OpenShare.Simulation.Network.Datagrams;

/// <summary>One datagram on its way to each of its receivers, with a draw of its own for each.</summary>
internal sealed class DatagramSpread(SimulatedNetwork network, NetworkFlow flow, DiscoveryDatagram datagram, SimulatedHost from)
{
    private readonly TimeSpan _departs = from.Outward.Reserve(network.Queue.Elapsed, datagram.Packet.Bytes.Length, from.Conditions.BytesPerSecond);

    private SimulatedHost? _only;

    /// <summary>To every host of the segment, the sender too.</summary>
    internal void ToAll(Func<LinkConditions, bool> isBlocked)
    {
        var isBlockedHere = isBlocked(from.Conditions);
        foreach (var host in from.Segment.Hosts)
        {
            if (host.Process.Ports.Count == 0)
                continue;
            if (host != from && (isBlockedHere || isBlocked(host.Conditions)))
                Drop(host, DropReason.Blocked);
            else
                Spread(host);
        }
    }

    internal void ToOne(SimulatedHost to)
    {
        _only = to;
        Spread(to);
    }

    private void Spread(SimulatedHost to)
    {
        if (!SimulatedNetwork.Carries(from, to))
        {
            Drop(to, DropReason.Unreachable);
            return;
        }
        var path = LinkPath.Between(from, to);
        if (path.Loses(network.Random))
        {
            Drop(to, DropReason.Lost);
            return;
        }
        Deliver(to, path);
        if (path.Duplicates(network.Random))
            Deliver(to, path);
    }

    private void Deliver(SimulatedHost to, in LinkPath path)
    {
        var now = network.Queue.Elapsed;
        var passed = to == from ? now : Later(_departs, to.Inward.Reserve(now, datagram.Packet.Bytes.Length, to.Conditions.BytesPerSecond));
        var segment = from.Segment;
        network.Queue.Schedule(passed - now + path.Delay(network.Random), () => Arrive(to, segment));
    }

    private void Arrive(SimulatedHost to, SimulatedSegment segment)
    {
        // Both may have moved, even together; the packet is on the segment it was sent on, and goes to the address it was sent to.
        if (!SimulatedNetwork.Carries(from, to) || to.Segment != segment || to == _only && !to.Address.Equals(flow.Destination.Address))
        {
            Drop(to, DropReason.Unreachable);
            return;
        }
        // By number: a receiver may close its port as it is told.
        var ports = to.Process.Ports;
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports[i].Take(datagram) is { } reason)
            {
                Drop(to, reason);
                continue;
            }
            network.Datagrams.Delivered(1, datagram.Packet.Bytes.Length);
            network.Observer.Delivered(flow, to.Name, datagram.Packet.Bytes.Length);
        }
    }

    private void Drop(SimulatedHost to, DropReason reason)
    {
        network.Datagrams.Dropped(1);
        network.Observer.Dropped(flow, to.Name, reason);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
