using System.Net;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Handshake;

/// <summary>
/// Which sighted devices are to be probed, and when. The first few at first sight and the others of a crowd when somebody
/// looks (ADR 0019), so that a name on the screen is a proven key; not again a device that comes back soon, at the address
/// where it was proven, and knows what this one knows (ADR 0018).
/// </summary>
public sealed class ProbePlan(IRandomSource random)
{
    /// <summary>So long a proof does for a device that was out of sight.</summary>
    public static readonly TimeSpan ProofHolds = TimeSpan.FromMinutes(10);

    /// <summary>So many are probed at first sight.</summary>
    public const int AtFirstSight = 4;

    /// <summary>The one of two that dials second gives the other so long: one handshake proves both.</summary>
    public static readonly TimeSpan DialsSecond = TimeSpan.FromSeconds(1);

    // Where the service reaches all at once, tags differ for a moment only.
    private static readonly (TimeSpan Min, TimeSpan Max) s_beforeNews = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
    private static readonly (TimeSpan Min, TimeSpan Max) s_betweenNews = (TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5));
    private static readonly TimeSpan s_firstRetry = TimeSpan.FromSeconds(10);
    private const int MostTries = 4;

    // One that has not answered at one place, and is announced at another.
    private static readonly TimeSpan s_betweenPlaces = TimeSpan.FromSeconds(1);
    private const int MostProofs = 4;

    // Whom nobody has looked at yet are probed one after the other, lest a thousand be dialled at once.
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly SortedDictionary<DeviceId, Peer> _peers = [];
    private NewsTag? _news;
    private DateTimeOffset _nextForNews = DateTimeOffset.MinValue;
    private DateTimeOffset _nextLook = DateTimeOffset.MinValue;

    /// <summary>When <see cref="TakeDue"/> has something; <see cref="DateTimeOffset.MaxValue"/>: only after another input.</summary>
    public DateTimeOffset NextTimeout => _peers.Count == 0 ? DateTimeOffset.MaxValue : _peers.Values.Min(p => p.Due);

    /// <summary>Devices are in sight, and none has proven itself, nor may do so yet at the first try.</summary>
    public bool HasStrangersOnly
    {
        get
        {
            var inSight = _peers.Values.Where(p => p.IsInSight).ToList();
            return inSight.Count > 0 && !inSight.Exists(p => p.HasProven || (p.Tries <= 1 && p.Due < DateTimeOffset.MaxValue));
        }
    }

    /// <summary>What this device knows is this from now on.</summary>
    public void HandleOwnNews(NewsTag news)
    {
        _news = news;
        foreach (var peer in _peers.Values.Where(p => p.IsForNews && p.News == news))
            peer.Rest();
    }

    /// <summary>
    /// The account's discovery key was changed here. Devices that have not heard of it do not see this one any more, and
    /// cannot ask it: it asks them.
    /// </summary>
    public void HandleKeyChanged(DateTimeOffset now)
    {
        foreach (var peer in _peers.Values.Where(p => p.IsInSight && p.News is { } news && news != _news && p.Due == DateTimeOffset.MaxValue))
            (peer.Due, peer.IsForNews, peer.Tries) = (now + random.Between(s_beforeNews), true, 0);
    }

    /// <param name="self">null: not registered, so that nobody is probed</param>
    public void HandleSighted(DeviceId? self, DeviceId device, IReadOnlyCollection<IPAddress> addresses, NewsTag? news, DateTimeOffset now)
    {
        if (!_peers.TryGetValue(device, out var peer))
            _peers[device] = peer = new Peer();
        peer.Rest();
        (peer.Addresses, peer.News, peer.IsInSight, peer.WasTried) = (addresses, news, true, false);
        peer.HasProven = peer.IsProvenAt(now);
        if (peer.NeedsProof(now) && !IsOneOfACrowd(peer, now))
        {
            peer.Due = self is { } own && own.CompareTo(device) > 0 ? now + DialsSecond : now;
            peer.Due = peer.NotBefore > peer.Due ? peer.NotBefore : peer.Due;
        }
        else if (news is not null && news != _news && news != peer.Compared)
            (peer.Due, peer.IsForNews) = (now + random.Between(s_beforeNews), true);
    }

    public void HandleLost(DeviceId device)
    {
        if (!_peers.TryGetValue(device, out var peer))
            return;
        peer.Rest();
        peer.IsInSight = peer.HasProven = false;
        // Of a proven device something is remembered, and there are no more of those than the account has devices.
        if (peer.Proofs.Count == 0)
            _peers.Remove(device);
    }

    /// <summary>Somebody looks at the devices in sight.</summary>
    public void HandleLooked(DateTimeOffset now)
    {
        foreach (var peer in _peers.Values.Where(p => p.IsInSight && !p.WasTried && p.NeedsProof(now) && (p.IsForNews || p.Due == DateTimeOffset.MaxValue)))
        {
            _nextLook = _nextLook > now ? _nextLook : now;
            (peer.Due, peer.IsForNews) = (_nextLook, false);
            _nextLook += s_betweenLooks;
        }
    }

    /// <summary>A handshake with it succeeded, whoever dialled.</summary>
    /// <param name="address">of its host</param>
    public void HandleProven(DeviceId device, IPAddress address, DateTimeOffset now)
    {
        if (!_peers.TryGetValue(device, out var peer))
            _peers[device] = peer = new Peer();
        peer.Prove(address, now);
        var tries = peer.IsForNews ? peer.Tries : 0;
        peer.Rest();
        if (peer.News is null || peer.News == _news || peer.News == peer.Compared)
            return;
        // The lists follow the handshake, and the connection may break before: until the tags are the same, or that has often been tried.
        if (tries < MostTries)
            (peer.Due, peer.IsForNews, peer.Tries) = (now + s_firstRetry, true, tries);
        else
            peer.Compared = peer.News;
    }

    /// <summary>It was refused for good: nothing more comes of it until it is sighted anew.</summary>
    public void HandleRefused(DeviceId device) => _peers.GetValueOrDefault(device)?.Rest();

    /// <summary>What the revoked have proven counts no more: they are no company to one who looks for others.</summary>
    public void HandleRevoked(Predicate<DeviceId> isRevoked)
    {
        foreach (var (device, peer) in _peers.Where(p => isRevoked(p.Key)).ToList())
        {
            peer.Disprove();
            if (!peer.IsInSight)
                _peers.Remove(device);
        }
    }

    /// <summary>Whom to probe now. One that comes to nothing is tried again a few times.</summary>
    public IReadOnlyList<DeviceId> TakeDue(DateTimeOffset now)
    {
        var due = _peers.Where(p => p.Value.Due <= now).ToList();
        // For news one will do, and any of them: whoever is behind together should not ask the same.
        var forNews = due.Where(p => p.Value.IsForNews).ToList();
        var asked = forNews.Count == 0 || now < _nextForNews ? null : forNews[(int)(random.Between(TimeSpan.Zero, TimeSpan.FromTicks(forNews.Count)).Ticks % forNews.Count)].Value;
        if (asked is not null)
            _nextForNews = now + random.Between(s_betweenNews);
        List<DeviceId> probes = [];
        foreach (var (device, peer) in due)
        {
            if (peer.IsForNews && peer != asked)
            {
                peer.Due = _nextForNews;
                continue;
            }
            probes.Add(device);
            (peer.WasTried, peer.NotBefore) = (true, now + s_betweenPlaces);
            peer.Due = ++peer.Tries < MostTries ? now + s_firstRetry * (1 << peer.Tries - 1) : DateTimeOffset.MaxValue;
        }
        return probes;
    }

    private bool IsOneOfACrowd(Peer sighted, DateTimeOffset now) => _peers.Values
        .Where(p => p != sighted && p.IsInSight && (p.IsProvenAt(now) || p.Due < DateTimeOffset.MaxValue))
        .Take(AtFirstSight).Count() == AtFirstSight;

    private sealed class Peer
    {
        internal IReadOnlyCollection<IPAddress> Addresses { get; set; } = [];

        internal NewsTag? News { get; set; }

        /// <summary>A tag that stayed another one however often they spoke: it is left alone.</summary>
        internal NewsTag? Compared { get; set; }

        // The newest last. A host that is in one network twice announces one address and then the other.
        internal List<(IPAddress Address, DateTimeOffset At)> Proofs { get; } = [];

        internal DateTimeOffset Due { get; set; } = DateTimeOffset.MaxValue;

        internal DateTimeOffset NotBefore { get; set; } = DateTimeOffset.MinValue;

        internal bool IsInSight { get; set; }

        /// <summary>Since it was last sighted.</summary>
        internal bool WasTried { get; set; }

        /// <summary>Where it is in sight.</summary>
        internal bool HasProven { get; set; }

        internal bool IsForNews { get; set; }

        internal int Tries { get; set; }

        internal bool IsProvenAt(DateTimeOffset now) => Proofs.Any(p => now - p.At < ProofHolds && Addresses.Contains(p.Address));

        internal void Prove(IPAddress address, DateTimeOffset now)
        {
            Proofs.RemoveAll(p => p.Address.Equals(address));
            if (Proofs.Count == MostProofs)
                Proofs.RemoveAt(0);
            Proofs.Add((address, now));
            (HasProven, NotBefore) = (true, DateTimeOffset.MinValue);
        }

        internal void Disprove()
        {
            Proofs.Clear();
            HasProven = false;
            Rest();
        }

        /// <summary>Of one that does not say what it knows, only a handshake tells.</summary>
        internal bool NeedsProof(DateTimeOffset now) => News is null || !IsProvenAt(now);

        internal void Rest() => (Due, IsForNews, Tries) = (DateTimeOffset.MaxValue, false, 0);
    }
}
