namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>Every span of time in discovery, with where it comes from.</summary>
internal static class MdnsTimes
{
    // RFC 6762 §8.1: three probes 250 ms apart, the first after a random wait of up to as much.
    internal const int Probes = 3;
    internal static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(250);

    // RFC 6762 §8.1, §8.2: a lost tie waits a second; after 15 conflicts each try waits 5 seconds.
    internal static readonly TimeSpan AfterLostTie = TimeSpan.FromSeconds(1);
    internal const int ManyConflicts = 15;
    internal static readonly TimeSpan AfterManyConflicts = TimeSpan.FromSeconds(5);

    // The product's own schedule, denser than RFC 6762 §8.3's: see docs/discovery.md.
    internal static readonly TimeSpan AnnounceFast = TimeSpan.FromSeconds(30);
    internal static readonly (TimeSpan Min, TimeSpan Max) BetweenFast = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
    internal static readonly TimeSpan BetweenSteady = TimeSpan.FromSeconds(60);

    // RFC 6762 §6: shared records are answered after a random wait; nothing is multicast twice in a second, but to
    // defend a name against a probe.
    internal static readonly (TimeSpan Min, TimeSpan Max) BeforeSharedAnswer = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(120));
    // RFC 6762 §7.2: so long a responder waits for known answers that are to follow.
    internal static readonly (TimeSpan Min, TimeSpan Max) BeforeMoreKnownAnswers = (TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(500));
    internal static readonly TimeSpan BetweenAnswers = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan BetweenDefences = TimeSpan.FromMilliseconds(250);

    // RFC 6762 §5.2: the first query after a random wait, then after 1, 2, 4 … seconds up to an hour.
    internal static readonly (TimeSpan Min, TimeSpan Max) BeforeFirstQuery = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(120));
    internal static readonly TimeSpan FirstBetweenQueries = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan LastBetweenQueries = TimeSpan.FromHours(1);
    internal static readonly TimeSpan LastBetweenResolves = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan BetweenQueryPackets = TimeSpan.FromMilliseconds(100);

    // Two missed announcements at the steady pace and a device counts as gone. RFC 6762 §10 proposes 120 s for
    // records that name a host; the others get no more, lest a device that lost power be listed for 75 minutes. Nor is
    // what others say kept for longer, lest one forged packet lasts.
    internal const uint TimeToLive = 120;

    // RFC 6762 §6.7: a legacy resolver may keep an answer this long.
    internal const uint LegacyTimeToLive = 10;

    // RFC 6762 §10.1, §10.2: records said goodbye to, or replaced, go after a second.
    internal static readonly TimeSpan AfterGoodbye = TimeSpan.FromSeconds(1);

    // Half a record's time to live: what was heard before is worth telling others that it is known.
    internal static readonly TimeSpan Interruption = TimeSpan.FromSeconds(60);

    // So long silent, a device may have been away: announcements of one that comes back follow each other in 1 to 3 s.
    internal static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    // Multicast that works brings an answer within a second; the user's own figure.
    internal static readonly TimeSpan BeforeNextRung = TimeSpan.FromSeconds(5);

    // A device that restarts may be seen at its old and its new place for a moment.
    internal static readonly TimeSpan BeforeDuplicate = TimeSpan.FromSeconds(1);

    // What is first heard of this soon after the search began was there before it.
    internal static readonly TimeSpan SearchBegins = TimeSpan.FromSeconds(10);
    internal static readonly TimeSpan ProbeRemembered = TimeSpan.FromSeconds(10);
}
