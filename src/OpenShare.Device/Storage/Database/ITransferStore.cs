using System.Collections.Immutable;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Database;

/// <summary>A transfer's number on this device, for the tables that belong to it.</summary>
public readonly record struct TransferNo(long Value);

/// <summary>What names a transfer: two senders may choose the same transfer id.</summary>
public sealed record TransferKey(TransferDirection Direction, DeviceId Peer, TransferId Transfer);

/// <param name="Paths">sending: what the user named, absolute</param>
/// <param name="Destination">receiving: the directory it arrives in; empty when sending</param>
/// <param name="Summary">what it is, for a person: a file's or folder's name, or "3 items"</param>
/// <param name="Detail">why it failed, and what was left out, for a person; empty when nothing is wrong</param>
/// <param name="Elapsed">time spent on it by processes that have ended</param>
public sealed record TransferRecord(
    TransferKey Key,
    TransferState State,
    TransferProblem? Problem,
    ManifestId? Manifest,
    ImmutableArray<string> Paths,
    string Destination,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string Summary,
    string Detail,
    long BytesTotal,
    long BytesDone,
    long BytesReused,
    long ChunksTotal,
    long ChunksDone,
    TimeSpan Elapsed)
{
    public bool IsOver => State >= TransferState.Completed;

    /// <summary>Over, and without a receipt.</summary>
    public bool EndedEarly => State >= TransferState.Declined;

    /// <summary>Receiving: it is under way, and was accepted by whoever is asked here.</summary>
    public bool IsAccepted => State is TransferState.Transferring or TransferState.Finishing;

    /// <summary>Receiving: by what the destination is known again that it is staged in. Null: it is not accepted yet, or an earlier program did not keep it.</summary>
    public FileKey? BegunIn { get; init; }

    /// <summary>Receiving: nothing of it is staged in that directory yet.</summary>
    public TransferRecord InDirectory(string destination) => this with { Destination = destination, BegunIn = null };

    /// <summary>By a person on this device.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Sending: bytes a second at most; 0: as many as go.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>It is over, and the other side was not told yet: there was no link.</summary>
    public bool OwesWord { get; init; }

    /// <summary>A text that was typed or copied, and no files.</summary>
    public bool IsText { get; init; }

    /// <summary>Sending: what the receiver is to do where a name is taken.</summary>
    public ConflictPolicy Conflict { get; init; }
}

public interface ITransferStore
{
    /// <returns>the new transfer's number; the number it has when the key is known already, its record then unchanged</returns>
    TransferNo Add(TransferRecord transfer);

    void Update(TransferNo no, TransferRecord transfer);

    (TransferNo No, TransferRecord Transfer)? Find(TransferKey key);

    /// <returns>the newest of this id, sent or received</returns>
    (TransferNo No, TransferRecord Transfer)? Find(TransferId id);

    /// <returns>the newest with this manifest, sent or received</returns>
    (TransferNo No, TransferRecord Transfer)? Find(ManifestId id);

    /// <returns>newest first: so many, and all that are to be gone on with</returns>
    IReadOnlyList<(TransferNo No, TransferRecord Transfer)> All(int most = int.MaxValue);

    /// <returns>those to be gone on with, oldest first; of those that are over, the ones that owe the other side a word</returns>
    IReadOnlyList<(TransferNo No, TransferRecord Transfer)> Unfinished();

    /// <returns>whether there is one of them with this device</returns>
    bool GoesOnWith(DeviceId peer);

    /// <returns>how many of this device are to be gone on with</returns>
    int CountReceiving(DeviceId peer);

    /// <summary>Whether a transfer of the same paths to this device has ended with a receipt.</summary>
    bool WasDelivered(DeviceId peer, ImmutableArray<string> paths);

    /// <returns>the directories that anything was ever received in, in the order of their names</returns>
    IReadOnlyList<string> Destinations();

    /// <summary>Drops chunk maps, identities and placements of a transfer that is over. Record, outcomes and receipt stay, and the manifest pages that a receipt is for.</summary>
    void DropWorkingState(TransferNo no);

    /// <summary>The same of all that ended before this time. Those that ended since may still be asked what they were.</summary>
    void DropWorkingState(DateTimeOffset endedBefore);

    /// <summary>Forgets those that are over but for the newest so many: record, outcomes, file list and receipt.</summary>
    /// <param name="listBytes">
    /// of the file lists of those that ended before that time as many bytes are kept, the newest first, and none that alone has more: of the others it stays
    /// how they ended, and their receipt
    /// </param>
    void Forget(int allBut, long listBytes, DateTimeOffset endedBefore);
}
