using System.Runtime.InteropServices;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Transfers;
using OpenShare.Protocol.Transfer;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>Nothing grows without end: what waits to happen, and the connections of a device.</summary>
internal sealed class EverythingIsBounded : Invariant
{
    // A device has its timers, the frames of its windows under way, and its mailboxes' next runs.
    private const int EntriesPerDevice = 2_000;

    // A late word wakes a transfer that is over, and after each restart there may be some.
    private const int MostTold = 40;

    private readonly Dictionary<SimulatedDevice, int> _links = [];
    private readonly Dictionary<(SimulatedDevice, TransferId), int> _told = [];
    private bool _isTold;

    internal override string Name => "everything-is-bounded";

    internal override void OnStarted(SimulatedDevice device) => _links.Remove(device);

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        if (happened is PeerEvents.LinkOpened)
            _links[device] = _links.GetValueOrDefault(device) + 1;
        else if (happened is PeerEvents.LinkClosed)
            _links[device] = _links.GetValueOrDefault(device) - 1;
        else if (happened is TransferEvents.TransferChanged { Transfer: { IsEnded: true } transfer } && ++CollectionsMarshal.GetValueRefOrAddDefault(_told, (device, transfer.Id), out _) == MostTold)
            Tell($"{device.Name} told {MostTold} times that {transfer.Id} is over: two sides answer each other for ever");
    }

    internal override void OnSecond()
    {
        if (_isTold)
            return;
        if (World.Queue.Count > EntriesPerDevice * (World.Devices.Count + 1))
            Tell($"{World.Queue.Count} things wait to happen");
        foreach (var device in World.Devices)
        {
            // To each peer one link and its streams; as many again half open or ending.
            var most = 64 + 16 * World.Devices.Count;
            if (device.OpenConnections > most)
                Tell($"{device.Name} holds {device.OpenConnections} connections");
        }
    }

    // By now every transfer is over, and its streams with it.
    internal override void AtEnd()
    {
        foreach (var device in World.Devices)
        {
            if (device.OpenConnections > _links.GetValueOrDefault(device))
                Tell($"{device.Name} holds {device.OpenConnections} connections, with {device.Host.Process.Partners}, and {_links.GetValueOrDefault(device)} links when all is over");
        }
    }

    private void Tell(string what)
    {
        _isTold = true;
        Alarm(what);
    }
}
