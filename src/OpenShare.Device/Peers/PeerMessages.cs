using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>Why there is no link to a device. Each has its own words and, at the command line, its own exit code.</summary>
public enum LinkRefusal
{
    /// <summary>Nobody answered, or the connection broke before it was authenticated: worth another try.</summary>
    Unreachable,
    NotRegistered,
    BadCertificate,
    WrongAccount,
    Expired,
    Revoked,
    Duplicate,
    BadSignature,
    UnexpectedDevice,
    NoCommonVersion,

    /// <summary>Here or there the revocation list is past its time, and the device is set to speak with nobody then: worth another try.</summary>
    StaleList,
}

/// <param name="ByPeer">the other side refused us, rather than we it</param>
public sealed record LinkProblem(LinkRefusal Refusal, string Detail, bool ByPeer)
{
    public bool IsWorthRetrying => Refusal is LinkRefusal.Unreachable or LinkRefusal.StaleList;

    /// <summary>
    /// It is the peer's own, or our own verdict on the peer. False where whoever answers at that address may have
    /// caused it: then another address, or another try, may come to more.
    /// </summary>
    public bool IsProven { get; init; }
}

/// <summary>How a link ended.</summary>
public enum LinkEnd
{
    /// <summary>It broke or fell silent; nobody said that it ends.</summary>
    Cut,

    /// <summary>The other side said an authenticated goodbye.</summary>
    ClosedByPeer,

    /// <summary>This side ended it, and said so.</summary>
    ClosedHere,
}

/// <summary>One authenticated connection to a peer, from open to closed. A reconnect is another link.</summary>
public readonly record struct LinkId(long Value);

/// <summary>Told to the device's <c>peers</c> actor.</summary>
public static class PeerCommands
{
    /// <summary>
    /// Whoever hears what comes over links is there, and what is said on one is not lost. Until it is told this nobody is dialled for a link,
    /// and whoever dials waits; so it is again once it was <see cref="PeerEvents.Restarted"/>.
    /// </summary>
    public sealed record Start;

    /// <summary>Wants a link to this device, and wants it re-made while anybody wants it. Answer: LinkOpened or LinkFailed events.</summary>
    public sealed record Connect(DeviceId Device);

    /// <summary>Who is at this address? Answered with <see cref="AddressResolution"/>; where somebody is, a link to it is open.</summary>
    /// <param name="Request">the asker's own number for it, which the answer repeats</param>
    public sealed record Resolve(long Request, IPEndPoint Address);

    /// <summary>Nobody here needs the link any more; it may be closed when idle.</summary>
    public sealed record Release(DeviceId Device);

    /// <summary>Says goodbye on every link, and stops once that is said or cannot be.</summary>
    public sealed record Stop;

    /// <summary>Somebody asks for a device that is known and not announced: it is dialled where it was last reached.</summary>
    public sealed record LookFor(DeviceId Device);

    /// <summary>Its user says that there is no copy of the device any more. Answered with a <see cref="DuplicateResolution"/>, in two seconds and a little; soon after the start of the device in five.</summary>
    public sealed record ResolveDuplicate(DeviceId Device);

    /// <summary>Answered with LinkOpened for each link that is open.</summary>
    public sealed record TellLinks;

    /// <summary>Sends on the link's control stream. Dropped when that link is no more: LinkClosed has been or will be heard.</summary>
    public sealed record SendControl(DeviceId Device, LinkId Link, Control Message);

    /// <summary>
    /// Asks over the open link whether the peer can connect to this device at that port. Answered with <see cref="DialBackOutcome"/>.
    /// </summary>
    /// <param name="Only">the address family that this device listens on; null: both</param>
    public sealed record AskDialBack(DeviceId Device, int Port, AddressFamily? Only = null);

    /// <summary>
    /// Wants so many further streams for a transfer over this link, whichever side dialled. Each arrives as StreamOpened on both
    /// sides. By QUIC none may come, without a word: the other side has it not, or the network lets it not through.
    /// </summary>
    public sealed record OpenStreams(DeviceId Device, LinkId Link, TransferId Transfer, int Count, Carrier Carrier = Carrier.Tcp);
}

/// <summary>What became of a device that was refused because its key had been found in two places.</summary>
public abstract record DuplicateResolution
{
    private DuplicateResolution() { }

    /// <summary>It is no longer refused.</summary>
    public sealed record Resolved : DuplicateResolution;

    /// <summary>Both are there still, and both hold its key.</summary>
    public sealed record StillCloned(ImmutableArray<PeerPlace> Places) : DuplicateResolution;

    /// <summary>It is announced at several places, and at none of them anybody answered: that shows nothing.</summary>
    public sealed record NobodyReached(ImmutableArray<PeerPlace> Places) : DuplicateResolution;

    /// <summary>It is not refused for that.</summary>
    public sealed record NotDuplicate : DuplicateResolution;
}

public abstract record AddressResolution
{
    private AddressResolution(long request) => Request = request;

    public long Request { get; }

    public sealed record Found(long Request, DeviceId Device) : AddressResolution(Request);

    public sealed record Failed(long Request, LinkProblem Problem) : AddressResolution(Request);
}

/// <summary>Whether a peer could connect to this device.</summary>
public enum DialBackOutcome
{
    /// <summary>There is no link to ask over.</summary>
    NoLink,
    Reached,
    NotReached,

    /// <summary>It says that it did not try.</summary>
    NotTried,

    /// <summary>It was not asked, or the link ended before it could say.</summary>
    Unknown,
}

public static class PeerQueries
{
    /// <summary>Answered with an ImmutableArray of <see cref="PeerView"/>.</summary>
    public sealed record GetPeers;
}

public static class PeerEvents
{
    /// <summary>Something a peer said that a flow takes up.</summary>
    public abstract record Said : IDeviceEvent
    {
        /// <summary>Called by the flow that is done with it: no more is read of a peer than is dealt with.</summary>
        internal Action? Handled { get; init; }

        internal async Task DealtWith(Func<Task> deal)
        {
            try
            {
                await deal();
            }
            finally
            {
                Handled?.Invoke();
            }
        }
    }

    /// <summary>The device's peers has started anew: it knows neither what is in sight nor which links are wanted, and is to be told again.</summary>
    public sealed record Restarted : IDeviceEvent;

    public sealed record LinkOpened(DeviceId Device, LinkId Link, DeviceCertificate Certificate, Carrier Carrier = Carrier.Tcp) : IDeviceEvent;

    public sealed record LinkClosed(DeviceId Device, LinkId Link, LinkEnd End, string Reason) : IDeviceEvent;

    /// <summary>A try to connect came to nothing.</summary>
    /// <param name="WillRetry">it is tried again while somebody wants the link; false: given up</param>
    public sealed record LinkFailed(DeviceId Device, LinkProblem Problem, bool WillRetry) : IDeviceEvent;

    /// <summary>A device that may not speak with us tried to. Shown as a warning.</summary>
    public sealed record PeerRefused(DeviceId Device, LinkProblem Problem) : IDeviceEvent;

    /// <summary>A handshake proved that the device of this certificate is there.</summary>
    public sealed record PeerProven(DeviceCertificate Certificate) : IDeviceEvent;

    /// <summary>Whoever announces the device at these places could not prove that it is it: they are ignored for some minutes.</summary>
    /// <param name="Until">in the device's steady time</param>
    public sealed record PlacesForged(DeviceId Device, string Name, ImmutableArray<PeerPlace> Places, DateTimeOffset Until) : IDeviceEvent;

    /// <summary>Two places proved at once that they hold the device's key: it was copied. The device is refused until its user resolves that.</summary>
    public sealed record DeviceCloned(DeviceId Device, string Name, ImmutableArray<PeerPlace> Places) : IDeviceEvent;

    /// <summary>It is no longer refused for having been announced twice.</summary>
    public sealed record DuplicateSettled(DeviceId Device) : IDeviceEvent;

    /// <summary>A peer showed a revocation list that it says is newer. Unverified: the revocation flow judges it.</summary>
    public sealed record RevocationOffered(DeviceId Device, Signed List) : Said;

    /// <summary>A peer showed a discovery key that it says is newer. Unverified: the registration flow judges it.</summary>
    public sealed record DiscoveryKeyOffered(DeviceId Device, DiscoveryKey Key) : Said;

    /// <summary>
    /// A device that has no certificate, and was invited, has proven its key; or, where this device shows itself to be paired, any device. The stream belongs to whoever serves it (exactly one
    /// subscriber: <c>pairing</c>), which must dispose it.
    /// </summary>
    /// <param name="Introduction">what it says of itself: its key is proven, its name is its own word</param>
    public sealed record PairingOpened(DeviceCertificate Introduction, IPEndPoint Remote, SecureStream Stream, SessionId Session) : IDeviceEvent;

    /// <summary>A peer that came says that it takes connections there.</summary>
    public sealed record ListeningTold(DeviceId Device, IPEndPoint Place) : IDeviceEvent;

    /// <summary>A peer showed what devices of the account have taken back. Unverified: the pairing flow judges it.</summary>
    public sealed record WithdrawalsOffered(DeviceId Device, IReadOnlyList<Signed> Withdrawals) : Said;

    /// <summary>A message of the transfer flow arrived on a link's control stream.</summary>
    public sealed record ControlReceived(DeviceId Device, LinkId Link, Control Message) : Said;

    /// <summary>
    /// A further stream is open on both sides; it belongs to whoever serves the transfer (exactly one subscriber:
    /// <c>transfers</c>), which must dispose it.
    /// </summary>
    public sealed record StreamOpened(DeviceId Device, LinkId Link, TransferId Transfer, uint StreamId, SecureStream Stream) : IDeviceEvent;
}
