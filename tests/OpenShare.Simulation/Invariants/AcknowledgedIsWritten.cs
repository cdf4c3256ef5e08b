using System.Security.Cryptography;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>What a receiver acknowledged is on its disk with the bytes that the file list's hash is of.</summary>
internal sealed class AcknowledgedIsWritten : Invariant
{
    private readonly Dictionary<TransferId, ManifestReader> _manifests = [];

    internal override string Name => "acknowledged-is-written";

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        if (happened is not PeerEvents.ControlReceived { Message: var message, Device: var peer } || TransferMessages.TransferOf(message) is not { } transfer)
            return;
        if (message.KindCase == Control.KindOneofCase.ManifestOffer)
            Reader(transfer, peer, device).Read(message.ManifestOffer.Page);
        else if (message.KindCase == Control.KindOneofCase.ChunksAcknowledged && World.DeviceOf(peer) is { } receiver)
            Check(receiver, device, transfer, message.ChunksAcknowledged);
    }

    private ManifestReader Reader(TransferId transfer, Protocol.Identity.DeviceId sender, SimulatedDevice receiver) =>
        _manifests.TryGetValue(transfer, out var reader) ? reader : _manifests[transfer] = ManifestReader.OfKept(sender, receiver.Id);

    private void Check(SimulatedDevice receiver, SimulatedDevice sender, TransferId transfer, ChunksAcknowledged acknowledged)
    {
        // What was under way when it lost power may be torn since; it will be judged again after its restart.
        // And what was called off there is taken away, whatever was said of it before.
        if (!receiver.IsRunning || receiver.Transfers.GetValueOrDefault(transfer.ToString()) is { State: Device.Views.TransferState.Cancelled } || receiver.LostPowerWithin(TimeSpan.FromMinutes(1)) || _manifests.GetValueOrDefault(transfer)?.Manifest is not { } manifest)
            return;
        foreach (var range in acknowledged.Chunks)
        {
            for (var ordinal = (long)range.First; ordinal < (long)(range.First + range.Count); ordinal++)
            {
                if (ordinal < manifest.ChunkCount && !IsThere(receiver, sender, transfer, manifest.Locate(ordinal)))
                {
                    Alarm($"{receiver.Name} acknowledged chunk {ordinal} of {transfer}, and its disk does not hold it");
                    return;
                }
            }
        }
    }

    private static bool IsThere(SimulatedDevice receiver, SimulatedDevice sender, TransferId transfer, ChunkLocation chunk) =>
        new[] { $"{receiver.SaveTo}/{InsideTheDestination.Staging}/{sender.Id}-{transfer}/{chunk.Entry.Path}", $"{receiver.SaveTo}/{chunk.Entry.Path}" }
            .Where(receiver.Disk.Exists)
            .Select(path => receiver.Disk.ReadAllBytes(path))
            .Any(bytes => bytes.Length >= chunk.Offset + chunk.Length
                && SHA256.HashData(bytes.AsSpan((int)chunk.Offset, chunk.Length)).AsSpan().SequenceEqual(chunk.Sha256.Span));
}
