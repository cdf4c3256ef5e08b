namespace OpenShare.Protocol.Transfer;

/// <summary>How far a transfer is. Totals grow until the manifest is complete.</summary>
/// <param name="BytesDone">verified and written on the receiver, as far as this side knows</param>
/// <param name="BytesTravelled">sent or received in chunk frames by this machine, repetitions counted</param>
/// <param name="BytesReused">what did not have to travel, because the receiver had it already, as far as this process knows</param>
/// <param name="BytesLeftOut">of entries withdrawn or refused</param>
public readonly record struct TransferProgress(
    long BytesTotal, long BytesDone, long BytesTravelled, long BytesReused, long BytesLeftOut, long ChunksTotal, long ChunksDone, long ChunksTravelled, bool TotalsKnown)
{
    /// <summary>Sender: of what travelled, what did so before.</summary>
    public long BytesAgain { get; init; }
}
