using System.Collections.Immutable;
using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers;

/// <summary>Told to the device's <c>transfers</c> actor.</summary>
public static class TransferCommands
{
    /// <summary>Persists a new transfer and begins it. Answered with <see cref="SendStart"/>.</summary>
    /// <param name="Paths">absolute paths of files and directories</param>
    public sealed record SendFiles(ImmutableArray<string> Paths, SendTarget Target)
    {
        /// <summary>At most; 0: as many as go.</summary>
        public long BytesPerSecond { get; init; }

        /// <summary>The one path is of a text in the outbox.</summary>
        public bool IsText { get; init; }

        /// <summary>What the receiver is to do where a name is taken.</summary>
        public ConflictPolicy Conflict { get; init; }
    }

    /// <summary>A person's answer to an offer that is left to him. Answered with <see cref="OfferAnswered"/>.</summary>
    public sealed record AnswerOffer(TransferId Id, bool IsAccepted)
    {
        /// <summary>Where this one is to be saved; null: where all are.</summary>
        public string? SaveTo { get; init; }
    }

    /// <summary>For what is offered from now on. Not answered.</summary>
    public sealed record ChangeReceiving(ReceivingRule Rule);

    /// <summary>Has a transfer wait, or lets it go on. Answered with <see cref="TransferAnswer"/>.</summary>
    public sealed record PauseTransfer(TransferId Id, bool IsPaused);

    /// <summary>Ends a transfer for good. Answered with <see cref="TransferAnswer"/>.</summary>
    public sealed record CancelTransfer(TransferId Id);
}

public static class TransferQueries
{
    /// <summary>Answered with an ImmutableArray of <see cref="TransferView"/>, newest first.</summary>
    public sealed record GetTransfers;

    /// <summary>Answered with <see cref="TransferAnswer"/>.</summary>
    public sealed record GetTransfer(TransferId Id);

    /// <summary>Answered with <see cref="ReceiptAnswer"/>.</summary>
    public sealed record GetReceipt(TransferId Id);

    /// <summary>The file list of a transfer. Answered with <see cref="ManifestAnswer"/>.</summary>
    public sealed record GetManifest(TransferId Id);

    /// <summary>How far each file of a transfer is. Answered with <see cref="FilesAnswer"/>.</summary>
    public sealed record GetFiles(TransferId Id, FilesAsked Asked);

    /// <summary>The file list that a receipt is for. Answered with <see cref="ManifestAnswer"/>.</summary>
    public sealed record FindManifest(ManifestId Id);
}

/// <summary>Null where there is no such transfer: actors do not answer with null itself.</summary>
public sealed record TransferAnswer(TransferView? Transfer);

/// <param name="WasAsked">false: it did not wait for an answer, and nothing was changed</param>
public sealed record OfferAnswered(TransferView? Transfer, bool WasAsked)
{
    /// <summary>Why it cannot be saved where it was to be; nothing was changed. Null: nothing is wrong.</summary>
    public string? Problem { get; init; }
}

/// <param name="Files">null where nothing is known of them</param>
public sealed record FilesAnswer(FilesProgress? Files)
{
    public static readonly FilesAnswer None = new((FilesProgress?)null);
}

public sealed record ReceiptAnswer(FinalReceipt? Receipt, ManifestAnswer Manifest);

/// <param name="Manifest">complete; null where this device has none</param>
/// <param name="FinalPage">its last page, as signed</param>
/// <param name="Withdrawn">whether its sender withdrew this entry</param>
public sealed record ManifestAnswer(Manifest? Manifest, Signed? FinalPage, Func<uint, bool> Withdrawn) : Akka.Actor.INoSerializationVerificationNeeded
{
    public static readonly ManifestAnswer None = new(null, null, _ => false);
}

public static class TransferEvents
{
    /// <summary>State or progress of a transfer changed (progress at most a few times a second).</summary>
    public sealed record TransferChanged(TransferView Transfer) : IDeviceEvent;
}

/// <summary>What <c>transfers</c> and its sessions say to each other, and nobody else.</summary>
internal static class TransferSignals
{
    internal sealed record LinkUp(LinkId Link, DeviceCertificate Certificate, Carrier Carrier);

    internal sealed record LinkDown(LinkId Link);

    /// <summary>The peer may not be spoken with, or refuses us: no retry will help.</summary>
    internal sealed record LinkRefused(LinkProblem Problem);

    /// <summary>No link yet, and why: it is tried again.</summary>
    internal sealed record LinkDelayed(string Reason);

    /// <param name="Handled">to be called by whoever is done with it (<see cref="Backlog"/>)</param>
    internal sealed record ControlArrived(Control Message, Action? Handled = null) : INoSerializationVerificationNeeded;

    /// <summary>From a receiving session that ends: what is still done for it.</summary>
    internal sealed record StillOnDisk(Task Work) : INoSerializationVerificationNeeded;

    internal sealed record StreamReady(uint StreamId, SecureStream Stream);

    /// <summary>To a sending session: of all transfers to the same peer it is this one's turn.</summary>
    internal sealed record TurnCame;

    internal sealed record Cancel;

    internal sealed record Pause(bool IsPaused);

    /// <summary>To a receiving session: a person has answered. Answered with <see cref="OfferAnswered"/>.</summary>
    internal sealed record Answer(bool IsAccepted, string? SaveTo);

    /// <summary>From a session: what it looks like now.</summary>
    internal sealed record ViewChanged(TransferView View);

    /// <summary>From a receiving session: the next files need so much. Answered with <see cref="RoomPromised"/> or <see cref="RoomRefused"/>, at once or later.</summary>
    /// <param name="Unlisted">of what it was promised before: what no stored page lists, so that it cannot come before the answer</param>
    internal sealed record RoomWanted(IDestination Destination, long Bytes, long Unlisted) : Akka.Actor.INoSerializationVerificationNeeded;

    /// <summary>The room is this session's. It prepares the files and says <see cref="RoomTaken"/>, or ends.</summary>
    internal sealed record RoomPromised;

    internal sealed record RoomRefused(string Reason);

    /// <summary>From a receiving session: what was promised for copies is taken from now on, until <see cref="RoomTaken"/>.</summary>
    internal sealed record RoomTaking;

    /// <summary>From a receiving session: the files are prepared.</summary>
    /// <param name="Bytes">of what was promised: taken now, or not needed; the rest is taken as it is written</param>
    internal sealed record RoomTaken(long Bytes);

    /// <summary>From a receiving session: so much of what was promised is written, or not needed any more.</summary>
    internal sealed record RoomUsed(long Bytes);

    /// <summary>From a receiving session that goes on after a restart: so much is still to be written.</summary>
    internal sealed record RoomOwed(string FileSystem, long Bytes);

    /// <summary>From a receiving session: it is over, and needs nothing more.</summary>
    internal sealed record RoomReleased;

    /// <summary>From a session: the database has no room for what it has to note, so it ends here; it is to be made anew.</summary>
    internal sealed record NoRoom(string Reason);

    /// <summary>From a receiving session: its disk is lost, so it ends here; it is to be made anew.</summary>
    /// <param name="HasHeld">it had become durable what this session brought, some of it</param>
    internal sealed record DiskLost(string Reason, bool HasHeld);

    /// <summary>From a session: it is over and has told the other side; it may be stopped.</summary>
    internal sealed record Settled;

    /// <summary>The answer to <see cref="Settled"/>: a session that is so still ends. What came before this may have changed that.</summary>
    internal sealed record End;
}
