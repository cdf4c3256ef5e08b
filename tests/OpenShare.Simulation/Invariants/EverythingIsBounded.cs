namespace OpenShare.Simulation.Invariants;

/// <summary>Nothing grows without end: what waits to happen, and the connections of a device.</summary>
internal sealed class EverythingIsBounded : Invariant
{
    // A device has its timers, the frames of its windows under way, and its mailboxes' next runs.
    private const int EntriesPerDevice = 2_000;

    private bool _told;

    internal override string Name => "everything-is-bounded";

    internal override void OnSecond()
    {
        if (_told)
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

    private void Tell(string what)
    {
        _told = true;
        Alarm(what);
    }
}
