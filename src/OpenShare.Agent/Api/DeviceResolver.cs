using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Agent.Api;

internal abstract record DeviceResolution
{
    private DeviceResolution() { }

    internal sealed record Found(SendTarget Target) : DeviceResolution;

    /// <param name="Message">names them, for a person</param>
    internal sealed record Ambiguous(string Message) : DeviceResolution;

    internal sealed record NotFound(string Message) : DeviceResolution;
}

/// <summary>Which device a person means by a name, an id or the beginning of one, or an address.</summary>
internal sealed class DeviceResolver(AgentContext agent)
{
    // A name that was only announced is anybody's word, and looking at the devices has them prove theirs. One that cannot be
    // reached does not, and the transfer waits for it anyhow.
    private static readonly TimeSpan BeforeAnnouncedName = TimeSpan.FromSeconds(3);

    /// <summary>Waits for a device that is not to be seen yet: discovery takes its seconds after a start.</summary>
    internal async Task<DeviceResolution> Resolve(string text, TimeSpan wait, CancellationToken cancellation)
    {
        if (await Address(text, cancellation) is { } address)
            return address;
        using var patience = new CancellationTokenSource(wait, agent.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation, agent.Stopping);
        var isShort = false;
        var isLookedFor = false;
        long seen = 0;
        while (true)
        {
            var before = await agent.Device.WaitForChange(seen, cancellation);
            var peers = await agent.Device.GetPeers(cancellation);
            var resolution = Pick(text, peers);
            var isAnnouncedOnly = IsAnnouncedOnly(resolution, text, peers);
            if (resolution is not DeviceResolution.NotFound && !isAnnouncedOnly)
                return resolution;
            if (!isLookedFor && Matching(text, peers) is [{ Address: null } known] && !Untrusted(known))
            {
                isLookedFor = true;
                agent.Device.LookFor(known.DeviceId);
            }
            if (isAnnouncedOnly && !isShort)
            {
                isShort = true;
                patience.CancelAfter(wait < BeforeAnnouncedName ? wait : BeforeAnnouncedName);
            }
            try
            {
                seen = before;
                await agent.Device.WaitForChange(seen, ended.Token);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                return resolution;
            }
        }
    }

    /// <summary>Names before ids, since a name may well be made of hex digits.</summary>
    internal static ImmutableArray<PeerView> Matching(string text, ImmutableArray<PeerView> all)
    {
        // Anybody may show himself to be paired, under any name.
        var peers = all.RemoveAll(IsUnpaired);
        ImmutableArray<PeerView> matches = [.. peers.Where(p => string.Equals(p.Name, text, StringComparison.OrdinalIgnoreCase))];
        if (matches.Length > 1 && matches.Where(p => p.Name == text).ToImmutableArray() is { Length: 1 } exact)
            matches = exact;
        // Nothing is the beginning of each.
        if (matches.IsEmpty && text.Length > 0)
            matches = [.. peers.Where(p => p.DeviceId.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase))];
        if (matches.IsEmpty && IPAddress.TryParse(text, out var address))
            matches = [.. peers.Where(p => address.Equals(p.Address?.Address))];
        // A device that was set up anew leaves its old self behind under the same name: out of sight, expired or revoked.
        if (matches.Length > 1 && matches.Where(IsThere).ToImmutableArray() is { Length: 1 } there)
            matches = there;
        return matches;
    }

    internal static DeviceResolution Pick(string text, ImmutableArray<PeerView> peers)
    {
        var matches = Matching(text, peers);
        return matches switch
        {
            [] => new DeviceResolution.NotFound(
                $"No device '{Printable.Shorten(text, 64)}' is to be seen. {Seen(peers)} {(peers.Any(p => IsUnpaired(p) && string.Equals(p.Name, text, StringComparison.OrdinalIgnoreCase)) ? "One of that name shows itself to be paired: openshare pair invite" : "Is OpenShare running there, in the same network and account?")}"),
            [var peer] when IsThere(peer) || Untrusted(peer) => new DeviceResolution.Found(new SendTarget.Device(peer.DeviceId)),
            [var peer] => new DeviceResolution.NotFound(
                $"The device '{Printable.Shorten(peer.Name)}' is known, but not to be seen. Is OpenShare running there, in the same network?"),
            _ => new DeviceResolution.Ambiguous(
                $"'{Printable.Shorten(text, 64)}' may be any of {matches.Length} devices: {string.Join(", ", matches.Take(5).Select(Described))}. Say which by its id or address."),
        };
    }

    private static bool IsAnnouncedOnly(DeviceResolution resolution, string text, ImmutableArray<PeerView> peers) =>
        resolution is DeviceResolution.Found { Target: SendTarget.Device { Id: var id } }
        && peers.Any(p => p.DeviceId == id && !p.IsProven && string.Equals(p.Name, text, StringComparison.OrdinalIgnoreCase));

    private static bool IsUnpaired(PeerView peer) => peer.Trust == PeerTrust.Unpaired;

    private static bool IsThere(PeerView peer) => peer.Address is not null && !Untrusted(peer) && !IsUnpaired(peer);

    // Not waited for: the device refuses it at once, and says why.
    private static bool Untrusted(PeerView peer) => peer.Trust is PeerTrust.Expired or PeerTrust.Duplicate or PeerTrust.Revoked;

    private static string Seen(ImmutableArray<PeerView> peers)
    {
        var there = peers.Where(IsThere).ToList();
        return there.Count == 0 ? "No other device is." : $"These are: {string.Join(", ", there.Take(5).Select(Described))}{(there.Count > 5 ? ", …" : "")}.";
    }

    private static string Described(PeerView peer) =>
        $"{Printable.Shorten(peer.Name)} ({peer.DeviceId.ToString()[..8]}{(peer.Address is { } address ? ", " + address : "")})";

    // HOST:PORT, where HOST may be a name; a bare IP address has no port to connect to, so it is looked up among the peers instead.
    private static async Task<DeviceResolution?> Address(string text, CancellationToken cancellation)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is 0 or > IPEndPoint.MaxPort)
            return null;
        var host = text[..colon];
        if (IPAddress.TryParse(host, out var address) && (address.AddressFamily == AddressFamily.InterNetwork || host.StartsWith('[')))
            return new DeviceResolution.Found(new SendTarget.Address(new IPEndPoint(address, port)));
        if (Uri.CheckHostName(host) != UriHostNameType.Dns)
            return null;
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellation);
            return new DeviceResolution.Found(new SendTarget.Address(new IPEndPoint(addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0], port)));
        }
        catch (SocketException)
        {
            return new DeviceResolution.NotFound($"The name '{Printable.Shorten(host, 64)}' has no address. Is it spelled right?");
        }
    }
}
