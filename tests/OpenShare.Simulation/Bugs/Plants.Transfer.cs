using OpenShare.Device.Channel;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Receiving;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Transfers.Sending;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Transfer.Sending;
using OpenShare.Protocol.Wire;

namespace OpenShare.Simulation.Bugs;

/// <summary>The methods that planted bugs put in the place of the product's, each called as its bug in <see cref="PlantedBugs"/>.</summary>
internal static partial class Plants
{
    internal static FrameResult SkipAHashCheck(uint streamId, InboundFrame frame, IReadOnlyList<IncomingChunk> chunks, IDestination destination)
    {
        using (frame)
        {
            var written = new List<ChunkLocation>();
            for (var i = 0; i < chunks.Count; i++)
            {
                if (chunks[i].Keep && destination.Write(DestinationEntries.From(chunks[i].Location.Entry), chunks[i].Location.Offset, frame.Bytes(i)).IsDone)
                    written.Add(chunks[i].Location);
            }
            return new FrameResult(streamId, written, [], DiskResult.Done);
        }
    }

    internal static DiskResult ShortenTheLastChunk(StagedDestination self, DestinationEntry file, long offset, IReadOnlyList<ReadOnlyMemory<byte>> bytes)
    {
        if (offset + bytes.Sum(b => (long)b.Length) == file.Size && bytes[^1].Length > 0)
            bytes = [.. bytes.SkipLast(1), bytes[^1][..^1]];
        return (DiskResult)Unplanted.Call(self, "Write", file, offset, bytes)!;
    }

    internal static void AcknowledgeBeforeWriting(ReceivingActor self, uint streamId, IReadOnlyList<IncomingChunk> chunks)
    {
        Unplanted.Call(self, "WriteFrame", streamId, chunks);
        Unplanted.CallOther(self, "Drive", new ReceiverInput.ChunksWritten([.. chunks.Where(c => c.Keep).Select(c => c.Location.Ordinal)]));
    }

    internal static IReadOnlyList<Device.Storage.Database.ChunkMap> ForgetTheBitmap(SqliteChunkMapStore self, TransferNo transfer)
    {
        var maps = (IReadOnlyList<Device.Storage.Database.ChunkMap>)Unplanted.Call(self, "Load", transfer)!;
        return [.. maps.Select(Emptied)];
    }

    internal static Device.Storage.Database.ChunkMap TrustWhatWasNotSynced(object self)
    {
        var map = (Device.Storage.Database.ChunkMap)Unplanted.Call(self, "ToMap")!;
        return map with { Durable = map.Written };
    }

    internal static Device.Storage.Database.ChunkMap ForgetWhatIsDurable(object self)
    {
        var map = (Device.Storage.Database.ChunkMap)Unplanted.Call(self, "ToMap")!;
        return map with { Written = [.. map.Written.Select((b, i) => (byte)(b & ~map.Durable[i]))], Durable = new byte[map.Durable.Length] };
    }

    private static Device.Storage.Database.ChunkMap Emptied(Device.Storage.Database.ChunkMap map) =>
        map with { Written = new byte[map.Written.Length], Durable = new byte[map.Durable.Length] };

    internal static void LeaveUnsyncedWhatAKilledProcessWrote(ReceivingActor self, Arrival? arrival) { }

    internal static DiskResult BelieveWhatIsInMemory(ChunkLocation location, IDestination destination)
    {
        var bytes = new byte[location.Length];
        return destination.Read(DestinationEntries.From(location.Entry), location.Offset, bytes).IsDone
            && System.Security.Cryptography.SHA256.HashData(bytes).AsSpan().SequenceEqual(location.Sha256.Span)
            ? DiskResult.Done : new DiskResult(DiskProblem.Missing, "");
    }

    internal static DiskResult CallItDurableBeforeTheSync(StagedDestination self, IReadOnlyCollection<DestinationEntry> files) => DiskResult.Done;

    internal static bool PlaceWithoutSync(Finishing self) => false;

    internal static bool PlaceTwice(Placing self, ChosenName name) => false;

    internal static StagedDestination PlaceInTheParent(FileSystem files, string directory, DeviceId sender, TransferId transfer, FileKey? begunIn) =>
        (StagedDestination)Unplanted.Call(typeof(StagedDestination), "Open", files, Path.GetDirectoryName(directory), sender, transfer, begunIn)!;

    internal static void SucceedWithoutReceipt(SenderMachine self)
    {
        Unplanted.Call(self, "Advance");
        if (self.State == SenderState.AwaitingReceipt)
            Unplanted.CallOther(self, "SetState", SenderState.Completed);
    }

    internal static void LoseTheReceipt(SqliteReceiptStore self, TransferNo transfer, FinalReceipt receipt, TransferRecord completed) =>
        new SqliteTransferStore(Unplanted.Field<SqliteGate>(self, "<gate>P")).Update(transfer, completed);

    internal static void AnswerTheConfirmation(ReceiverMachine self, Control message)
    {
        Unplanted.Call(self, "OnReceived", message);
        if (message.KindCase == Control.KindOneofCase.ReceiptConfirmed)
            Unplanted.CallOther(self, "Deliver");
    }

    internal static void WaitForWhoWillNotCome(TransfersActor self) { }

    internal static DiskResult LeaveTheParts(StagedDestination self) => DiskResult.Done;

    internal static bool LoseACredit(SendWindow self, long ordinal) => self.Contains(ordinal);

    internal static void LeaveStreamsOpen(SendingStreamActor self) { }
}
