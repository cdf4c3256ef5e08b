using System.Collections.Immutable;
using OpenShare.Device.Discovery.Doctor;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Transfers;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Hosting;

/// <summary>
/// One device as its host sees it: the edge between actors and everything a person or a program asks of them.
/// Every call is answered within the device's own time limit or throws <see cref="TimeoutException"/>; expected
/// failures are values. Snapshots only: who wants to follow along calls <see cref="WaitForChange"/> and asks again.
/// </summary>
public interface IDevice
{
    /// <summary>Completes when the device has stopped: told to, or since one of its flows failed again and again.</summary>
    Task Ended { get; }

    Task<DeviceStatus> GetStatus(CancellationToken cancellation);

    /// <summary>
    /// Begins to register and persists that it did: the attempt goes on with back-off until certified or refused,
    /// also after a restart. Answers at once; the course is in <see cref="DeviceStatus.Registration"/>. A later
    /// order replaces one that is underway.
    /// </summary>
    Task<RegistrationStart> Register(RegistrationOrder order, CancellationToken cancellation);

    /// <summary>Where a person logs in to register this device, at a service that proves itself by this trust, which is none of a token.</summary>
    Task<ServiceAnswer<LoginOffer>> FindLogin(Uri server, ServerTrust trust, CancellationToken cancellation);

    /// <summary>The issuer's access token as what registers this device, for the account that the service says it is for.</summary>
    Task<ServiceAnswer<LoginSession>> OpenSession(LoginOffer offer, string jwt, CancellationToken cancellation);

    /// <summary>What a registered device needs of this one to pair it; and shows this device on the network for ten minutes, where it has no certificate: a registered one may offer to pair it.</summary>
    Task<PairingShown> Announce(CancellationToken cancellation);

    /// <summary>Makes a one-time invitation for the device of this code.</summary>
    Task<InviteOutcome> Invite(PairingCode code, ProvisionalScope scope, CancellationToken cancellation);

    /// <summary>Offers to pair a device that shows itself on the network. Both persons compare a code then (<see cref="Comparisons"/>).</summary>
    Task<InviteOutcome> InviteFound(DeviceId device, ProvisionalScope scope, CancellationToken cancellation);

    /// <summary>The pairings in which a code is compared, and the latest that have ended.</summary>
    ImmutableArray<Comparison> Comparisons { get; }

    /// <summary>Says whether both screens show the same.</summary>
    /// <returns>false: that comparison is over, or there was none</returns>
    Task<bool> Compare(int comparison, bool isSame, CancellationToken cancellation);

    /// <summary>Has this device be paired by the one that made the token. Answers when that has come to its end.</summary>
    /// <param name="fingerprint">of the sponsor's key (32 hex digits), where a person has compared it; null: nobody has</param>
    /// <param name="name">that this device is to have; null: <see cref="DeviceOptions.Name"/></param>
    /// <param name="isAttended">somebody is there who compares the code, where nobody vouches for the sponsor</param>
    Task<JoinReport> Join(PairingToken token, string? fingerprint, string? name, bool isAttended, CancellationToken cancellation);

    /// <summary>Takes back what a device was given here: it is refused by this device from now on, and its link is cut.</summary>
    Task<WithdrawOutcome> WithdrawPairing(DeviceId device, CancellationToken cancellation);

    /// <summary>Every device of the account that is or was seen, and any other that was talked to.</summary>
    Task<ImmutableArray<PeerView>> GetPeers(CancellationToken cancellation);

    /// <summary>Refuses the device no longer, if its key is found at one place only.</summary>
    Task<DuplicateResolution> ResolveDuplicate(DeviceId device, CancellationToken cancellation);

    /// <summary>Dials a device that is known and not to be seen, where it was last reached; it is seen then, if it answers.</summary>
    void LookFor(DeviceId device);

    /// <summary>Persists a new transfer and begins it. Hashing, connecting and sending go on behind.</summary>
    /// <param name="paths">absolute paths of files and directories</param>
    /// <param name="bytesPerSecond">at most; 0: as many as go</param>
    /// <param name="conflict">what the receiver is to do where a name is taken</param>
    Task<SendStart> StartSend(ImmutableArray<string> paths, SendTarget target, long bytesPerSecond, ConflictPolicy conflict, CancellationToken cancellation);

    /// <summary>As <see cref="StartSend"/>, of a text that was typed or copied. It is kept in the home for as long as it is sent.</summary>
    /// <param name="text">at most <see cref="Protocol.Wire.Limits.Text"/> bytes as UTF-8</param>
    Task<SendStart> StartSendText(string text, SendTarget target, long bytesPerSecond, CancellationToken cancellation);

    /// <summary>Sent and received, running and ended, newest first.</summary>
    Task<ImmutableArray<TransferView>> GetTransfers(CancellationToken cancellation);

    Task<TransferView?> GetTransfer(TransferId id, CancellationToken cancellation);

    /// <summary>Ends a transfer for good, on both sides. What was received of it is removed.</summary>
    /// <returns>the transfer as it is after that (unchanged when it had ended before); null when there is none</returns>
    Task<TransferView?> CancelTransfer(TransferId id, CancellationToken cancellation);

    /// <summary>Has a transfer wait on this device's part, or lets it go on; what is under way arrives still. A restart changes nothing of it.</summary>
    /// <returns>the transfer as it is after that; null when there is none</returns>
    Task<TransferView?> PauseTransfer(TransferId id, bool isPaused, CancellationToken cancellation);

    /// <summary>A person's answer to an offer that waits for one. A restart changes nothing of it.</summary>
    /// <param name="always">and to every later offer of that device</param>
    /// <param name="saveTo">an absolute directory for this one, made where missing; null: where all are saved</param>
    Task<OfferAnswered> AnswerOffer(TransferId id, bool isAccepted, bool always, string? saveTo, CancellationToken cancellation);

    /// <param name="rule">for every offer of the device from now on; null: none</param>
    Task SetAcceptRule(DeviceId device, AcceptRule? rule, CancellationToken cancellation);

    /// <summary>For what is offered from now on; what was offered before goes by what held then.</summary>
    /// <returns>why nothing can be saved there, and nothing was changed; null: it is so now</returns>
    Task<string?> ChangeReceiving(ReceivingRule rule, CancellationToken cancellation);

    /// <returns>null when that transfer brought no text here</returns>
    Task<TextView?> GetText(TransferId id, CancellationToken cancellation);

    /// <summary>What a transfer sends or received, in the readable form of <see cref="ManifestJson"/>, as UTF-8.</summary>
    /// <returns>null when there is no such transfer or its file list is not complete</returns>
    Task<ReadOnlyMemory<byte>?> GetManifest(TransferId id, CancellationToken cancellation);

    /// <summary>How far each file of a transfer is, on this device's knowledge.</summary>
    /// <returns>null when there is no such transfer, none of its files is known yet, or it ended without a receipt: then that is not kept</returns>
    Task<FilesProgress?> GetFiles(TransferId id, FilesAsked asked, CancellationToken cancellation);

    /// <returns>null when there is no such transfer or it has no receipt</returns>
    Task<ReceiptView?> GetReceipt(TransferId id, CancellationToken cancellation);

    /// <summary>Checks a receipt against this device's trust root and, where it knows the manifest, against that.</summary>
    /// <param name="receipt">an encoded FinalReceipt, from anywhere</param>
    Task<ReceiptCheck> VerifyReceipt(ReadOnlyMemory<byte> receipt, CancellationToken cancellation);

    Task<RevocationView> GetRevocation(CancellationToken cancellation);

    /// <summary>Asks the registration service for the newest list now.</summary>
    Task<RevocationRefresh> RefreshRevocation(CancellationToken cancellation);

    /// <summary>Finds out, within a few seconds, why this device may not see or reach others, or be seen or reached.</summary>
    Task<Diagnosis> Diagnose(DoctorSubject subject, CancellationToken cancellation);

    /// <summary>
    /// Completes when anything that the queries above answer may have changed since version <paramref name="seen"/>
    /// (0: at once), with the version to pass next. No change is missed, many may be one.
    /// </summary>
    Task<long> WaitForChange(long seen, CancellationToken cancellation);

    /// <summary>A transfer has ended, and the queries above say so: for who looks now and then, and waits for this alone. On a thread of the device's.</summary>
    event EventHandler<TransferId> TransferEnded;

    /// <summary>Says goodbye to the network, checkpoints and stops every actor of the device. Can be called more than once.</summary>
    Task StopAsync();
}

/// <summary>Starts a device in a home that the caller has opened, and closes after the device has stopped.</summary>
/// <exception cref="DeviceStartException">it cannot start, and why, in a user's words</exception>
public delegate Task<IDevice> StartDevice(Akka.Actor.ActorSystem system, DeviceOptions options, CancellationToken cancellation);

/// <summary>The device cannot start here. The message says what, why and what to do, for a person.</summary>
public sealed class DeviceStartException : Exception
{
    public DeviceStartException(string message) : base(message) { }

    public DeviceStartException(string message, Exception inner) : base(message, inner) { }

    public DeviceStartException() { }
}
