using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Device.Views;

/// <summary>To whom: a device that is known, or whoever of this account answers at an address.</summary>
public abstract record SendTarget
{
    private SendTarget() { }

    public sealed record Device(DeviceId Id) : SendTarget;

    public sealed record Address(IPEndPoint EndPoint) : SendTarget;
}

public abstract record SendStart
{
    private SendStart() { }

    public sealed record Started(TransferId Id) : SendStart;

    /// <summary>Nothing was begun. The detail says why, for a person: not registered, a path that is not there, a revoked peer.</summary>
    public sealed record Refused(TransferProblem Problem, string Detail) : SendStart;
}

public enum TransferDirection
{
    Sending,
    Receiving,
}

public enum TransferState
{
    /// <summary>No link to the peer yet, or not again: it goes on by itself as soon as there is one.</summary>
    Connecting,

    /// <summary>Offered; the peer has not answered.</summary>
    Offered,

    /// <summary>Offered, and a person at the receiver is asked whether to take it.</summary>
    AwaitingAnswer,
    Transferring,

    /// <summary>A person on either side has it wait.</summary>
    Paused,

    /// <summary>The receiving disk is full, or not mounted: it goes on by itself once there is room, or the disk.</summary>
    Waiting,

    /// <summary>Every chunk is there; placing files, or waiting for the receipt.</summary>
    Finishing,

    /// <summary>Ended: the receipt is verified, and all was delivered.</summary>
    Completed,

    /// <summary>Ended: the receipt is verified, and names entries that were not delivered.</summary>
    Incomplete,

    /// <summary>Ended, as all that follows, without a receipt.</summary>
    Declined,
    Cancelled,

    /// <summary>Ended for the reason in <see cref="TransferView.Problem"/>.</summary>
    Failed,
}

/// <summary>Why a transfer failed or was not begun: what a command's exit code tells.</summary>
public enum TransferProblem
{
    /// <summary>Disk full, files unreadable, entries changed, broken manifest or receipt.</summary>
    Failed,
    BadPath,
    NotRegistered,
    DeviceNotFound,

    /// <summary>Revoked, expired, duplicate, of another account: ours or theirs.</summary>
    NotTrusted,
}

/// <param name="Peer">null until whoever is at a typed address has proven who it is</param>
/// <param name="Summary">what is sent, for a person: a file's name, or a directory's name, or "3 items"</param>
/// <param name="BytesTotal">grows while the sender hashes, until <see cref="TotalsKnown"/></param>
/// <param name="BytesDone">acknowledged as verified and written, of this transfer's whole life, without <see cref="BytesReused"/></param>
/// <param name="BytesReused">not sent, since the receiver had them</param>
/// <param name="Elapsed">time spent on it by running processes</param>
/// <param name="Detail">for a person: why it failed or waits, which entries were left out</param>
/// <param name="Receipt">once the receipt is verified (sending) or made (receiving)</param>
public sealed record TransferView(
    TransferId Id,
    ManifestId ManifestId,
    TransferDirection Direction,
    TransferState State,
    TransferProblem? Problem,
    DeviceId? Peer,
    string? PeerName,
    IPEndPoint? PeerAddress,
    string Summary,
    long BytesTotal,
    long BytesDone,
    long BytesReused,
    long ChunksTotal,
    long ChunksDone,
    bool TotalsKnown,
    DateTimeOffset StartedAt,
    TimeSpan Elapsed,
    string? Detail,
    ReceiptSummary? Receipt)
{
    public bool IsEnded => State >= TransferState.Completed;

    /// <summary>Sending, and more than one file: the path of the one whose chunks went out last, while some are under way.</summary>
    public string? File { get; init; }

    /// <summary>A text that was typed or copied, and no files. Of one that is received: known with its whole file list.</summary>
    public bool IsText { get; init; }
}
