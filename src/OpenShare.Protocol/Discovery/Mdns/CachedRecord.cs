using System.Net;
using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>A record heard on one interface, and until when it holds.</summary>
internal sealed class CachedRecord(DnsRecord record, IPAddress source, DateTimeOffset firstHeard)
{
    // RFC 6762 §5.2: asked for again at 80, 85, 90 and 95 % of its time, a little later at random.
    private const double FirstRefresh = 0.80;
    private const double RefreshStep = 0.05;
    private const int RefreshCount = 4;

    private double _jitter;
    private int _refreshes;

    internal DnsRecord Record { get; } = record;

    internal IPAddress Source { get; } = source;

    /// <summary>When the instance this pointer names counts as having appeared.</summary>
    internal DateTimeOffset AppearedAt { get; set; } = firstHeard;

    internal DateTimeOffset HeardAt { get; private set; } = firstHeard;

    internal TimeSpan TimeToLive { get; private set; }

    internal DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>Its owner said goodbye.</summary>
    internal bool IsLeaving { get; private set; }

    /// <summary>Newer records of its name and type took its place.</summary>
    internal bool IsReplaced { get; private set; }

    /// <summary>Read once from a TXT record; null when it is not ours to understand.</summary>
    internal ServiceAnnouncement? Announcement { get; } = record.Data is DnsData.Text text ? ServiceAnnouncement.TryRead(text) : null;

    internal DateTimeOffset NextRefresh =>
        IsLeaving || IsReplaced || _refreshes == RefreshCount
            ? DateTimeOffset.MaxValue
            : HeardAt + (TimeToLive * (FirstRefresh + (RefreshStep * _refreshes) + _jitter));

    internal TimeSpan Remaining(DateTimeOffset now) => ExpiresAt - now;

    /// <param name="ttl">seconds</param>
    /// <param name="jitter">0 to 0.02</param>
    internal void Heard(uint ttl, double jitter, DateTimeOffset now)
    {
        TimeToLive = TimeSpan.FromSeconds(Math.Min(ttl, MdnsTimes.TimeToLive));
        IsLeaving = IsReplaced = false;
        HeardAgain(jitter, now);
    }

    /// <summary>The same, with the same time to live.</summary>
    internal void HeardAgain(double jitter, DateTimeOffset now)
    {
        HeardAt = now;
        ExpiresAt = now + TimeToLive;
        _refreshes = 0;
        _jitter = jitter;
    }

    internal void Leave(DateTimeOffset now)
    {
        IsLeaving = true;
        ExpireSoon(now);
    }

    internal void Replace(DateTimeOffset now)
    {
        IsReplaced = true;
        ExpireSoon(now);
    }

    internal void Refreshed() => _refreshes++;

    private void ExpireSoon(DateTimeOffset now)
    {
        var soon = now + MdnsTimes.AfterGoodbye;
        ExpiresAt = soon < ExpiresAt ? soon : ExpiresAt;
    }
}
