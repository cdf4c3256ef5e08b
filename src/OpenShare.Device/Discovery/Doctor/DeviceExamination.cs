using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Discovery.Doctor;

/// <summary>Looks at one other device: is it there, does it take connections, and can it connect to this one.</summary>
internal sealed class DeviceExamination(DeviceContext context, IReachability reach, IDoctorDevice device)
{
    internal static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(2);

    // A handshake takes milliseconds; and the other side gives its dial back two seconds.
    private static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan DialBackPatience = DialBackGate.Patience + TimeSpan.FromSeconds(0.5);

    // What was asked over the link before may have had the other side begin, which it does no sooner again.
    private static readonly TimeSpan BeforeAskedAgain = DialBackGate.Pause + TimeSpan.FromSeconds(0.5);

    private const int MostEndPoints = 4;

    internal async Task<DeviceFacts> Examine(KnownDevice known, CancellationToken cancellation)
    {
        var facts = new DeviceFacts(known.Id, known.Name, known.Standing, known.IsSeen, [], new LinkFacts.NotTried());
        if (known.Standing is DeviceStanding.Revoked or DeviceStanding.Duplicate)
            return facts;
        // Where a link is open already no other is made.
        var asking = AskDialBack(known.Id, cancellation);
        var endPoints = await Try(known.EndPoints, cancellation).ConfigureAwait(false);
        var dialBack = await asking.ConfigureAwait(false);
        // The link of a device that went without a word stays open for seconds: who neither answers nor takes a connection is gone.
        if (dialBack != DialBackOutcome.NoLink && (dialBack != DialBackOutcome.Unknown || endPoints.Any(IsConnected)))
            return facts with { EndPoints = endPoints, Link = new LinkFacts.Open(ToFacts(dialBack)) };
        var (link, found) = await Link(endPoints, known.Id, cancellation).ConfigureAwait(false);
        return facts with { EndPoints = found, Link = link };
    }

    /// <summary>Whoever is at that address.</summary>
    internal async Task<DeviceFacts> Examine(IPEndPoint place, CancellationToken cancellation)
    {
        var endPoints = await Try([place], cancellation).ConfigureAwait(false);
        var (link, found) = await Link(endPoints, expected: null, cancellation).ConfigureAwait(false);
        return new DeviceFacts(null, $"{place}", DeviceStanding.Good, IsSeen: false, found, link);
    }

    private async Task<ImmutableArray<EndPointFacts>> Try(ImmutableArray<IPEndPoint> endPoints, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(ConnectPatience, context.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        return [.. await Task.WhenAll(endPoints.Take(MostEndPoints).Select(e => Try(e, ended.Token))).ConfigureAwait(false)];
    }

    private async Task<EndPointFacts> Try(IPEndPoint endPoint, CancellationToken cancellation)
    {
        using var isKnown = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var host = reach.LookFor(endPoint.Address, isKnown.Token);
        var connecting = await reach.Connect(endPoint, cancellation).ConfigureAwait(false);
        // Who takes or refuses a connection is there.
        if (connecting is Connecting.Connected or Connecting.Refused)
            await isKnown.CancelAsync().ConfigureAwait(false);
        var presence = await host.ConfigureAwait(false);
        return new EndPointFacts(endPoint, connecting, connecting is Connecting.Connected or Connecting.Refused ? Presence.Answers : presence);
    }

    /// <summary>An address may be another's by now: each that takes a connection is tried until the device is found.</summary>
    /// <param name="expected">null: whoever is there</param>
    private async Task<(LinkFacts Link, ImmutableArray<EndPointFacts> EndPoints)> Link(ImmutableArray<EndPointFacts> endPoints, DeviceId? expected, CancellationToken cancellation)
    {
        LinkFacts link = new LinkFacts.NotTried();
        foreach (var open in endPoints.Where(IsConnected))
        {
            var resolution = await Within(HandshakePatience, c => device.Resolve(open.EndPoint, c), cancellation).ConfigureAwait(false);
            if (resolution is not AddressResolution.Found found)
            {
                link = new LinkFacts.Failed(resolution is AddressResolution.Failed failed ? failed.Problem.Detail : "It takes the connection and says nothing.");
                continue;
            }
            if (expected is null || found.Device == expected)
                return (new LinkFacts.Open(ToFacts(await AskDialBack(found.Device, cancellation).ConfigureAwait(false))), OnlyConnected(endPoints, open));
            endPoints = endPoints.Replace(open, open with { Connecting = Connecting.Another });
        }
        return (link, endPoints);
    }

    // What else took a connection was somebody else, or was not asked any more.
    private static ImmutableArray<EndPointFacts> OnlyConnected(ImmutableArray<EndPointFacts> endPoints, EndPointFacts found) =>
        [found, .. endPoints.Where(e => e != found).Select(e => IsConnected(e) ? e with { Connecting = Connecting.NotTried } : e)];

    private static bool IsConnected(EndPointFacts place) => place.Connecting == Connecting.Connected;

    private async Task<DialBackOutcome> AskDialBack(DeviceId id, CancellationToken cancellation)
    {
        // What it would try is not there: that this device does not listen where it should is said already.
        var port = device.Listening is ListeningFacts.Open open ? open.Port : 0;
        var began = context.Time.GetTimestamp();
        var outcome = await AskDialBack(id, port, cancellation).ConfigureAwait(false);
        if (!IsWorthAskingAgain(outcome) || port == 0 || context.Time.GetElapsedTime(began) >= DialBackPatience)
            return outcome;
        await Task.Delay(BeforeAskedAgain, context.Time, cancellation).ConfigureAwait(false);
        return await AskDialBack(id, port, cancellation).ConfigureAwait(false);
    }

    // A link that ends while it is asked over, since both sides dialled at once, has another in its place a moment later. And who does
    // not try may have been asked by another look a moment ago.
    private static bool IsWorthAskingAgain(DialBackOutcome outcome) => outcome is DialBackOutcome.Unknown or DialBackOutcome.NotTried;

    private async Task<DialBackOutcome> AskDialBack(DeviceId id, int port, CancellationToken cancellation) =>
        await Within(DialBackPatience, async c => (DialBackOutcome?)await device.AskDialBack(id, port, c).ConfigureAwait(false), cancellation).ConfigureAwait(false)
            ?? DialBackOutcome.Unknown;

    private static DialBack ToFacts(DialBackOutcome outcome) => outcome switch
    {
        DialBackOutcome.Reached => DialBack.Reached,
        DialBackOutcome.NotReached => DialBack.NotReached,
        _ => DialBack.Unknown,
    };

    /// <returns>null: not in time</returns>
    private async Task<T?> Within<T>(TimeSpan limit, Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(limit, context.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return await ask(ended.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException && !cancellation.IsCancellationRequested)
        {
            return default;
        }
    }
}
