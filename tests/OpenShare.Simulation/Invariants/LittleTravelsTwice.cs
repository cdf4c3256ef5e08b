using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>After a cut, a crash or a loss of power no more travels again than was under way, and after a loss of power what was since the last checkpoint.</summary>
internal sealed class LittleTravelsTwice : Invariant
{
    // protocol.md section 4: streams x window x the largest chunk; and a checkpoint's bytes.
    private static readonly long Windows = (long)TransferTuning.Default.Streams * TransferTuning.Default.Window * 1024 * 1024;
    private const long CheckpointBytes = 64L * 1024 * 1024;
    private const long Overhead = 512 * 1024;

    private readonly Dictionary<SimulatedDevice, long> _sent = [];
    private readonly Dictionary<(SimulatedDevice Device, DeviceId Peer), int> _links = [];

    internal override string Name => "little-travels-twice";

    internal override void OnSent(SimulatedDevice device, ReadOnlySpan<byte> bytes) =>
        _sent[device] = _sent.GetValueOrDefault(device) + bytes.Length;

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        if (happened is PeerEvents.LinkOpened opened)
            _links[(device, opened.Device)] = _links.GetValueOrDefault((device, opened.Device)) + 1;
    }

    internal override void AtEnd()
    {
        foreach (var (device, sent) in _sent.OrderBy(s => s.Key.Name, StringComparer.Ordinal))
        {
            var payload = World.Deliveries.Where(d => d.From == device).Sum(d => d.Bytes);
            var peers = World.Deliveries.Where(d => d.From == device).Select(d => d.To).Distinct().ToList();
            // Nothing was lost before the first link.
            var interruptions = _links.Where(l => l.Key.Device == device).Sum(l => l.Value - 1);
            var losses = peers.Append(device).Sum(d => d.PowerLosses);
            var most = payload + payload / 50 + Overhead * (interruptions + 1) + Windows * interruptions + CheckpointBytes * losses;
            if (payload > 0 && sent > most)
                Alarm($"{device.Name} sent {sent} bytes for {payload} of files, after {interruptions} lost links and {losses} losses of power: at most {most} were promised");
        }
    }
}
