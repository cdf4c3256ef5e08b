using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>
/// When a device announces itself: every 1-3 s, at random, for 30 s, then after 4, 8, 16, 32 and from then on 60 s,
/// each up to a tenth shorter at random.
/// </summary>
internal sealed class AnnounceSchedule(IRandomSource random)
{
    private DateTimeOffset _fastUntil;
    private TimeSpan _interval;

    internal DateTimeOffset Next { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Nothing is announced but what is told once by <see cref="Start"/>.</summary>
    internal bool IsResting { get; set; }

    internal void Stop() => Next = DateTimeOffset.MaxValue;

    internal void Start(DateTimeOffset now)
    {
        _fastUntil = now + MdnsTimes.AnnounceFast;
        _interval = TimeSpan.FromSeconds(2);
        Next = now;
    }

    /// <summary>To be called when an announcement was sent, whether the schedule or a question was the reason.</summary>
    internal void Sent(DateTimeOffset now)
    {
        if (now < Next)
        {
            // An answer was asked for: the announcement due next stays due, but not within a second.
            Next = Next > now + MdnsTimes.BetweenAnswers ? Next : now + MdnsTimes.BetweenAnswers;
            return;
        }

        if (IsResting)
        {
            Next = DateTimeOffset.MaxValue;
            return;
        }

        if (now < _fastUntil)
        {
            Next = now + random.Between(MdnsTimes.BetweenFast);
            return;
        }

        _interval = _interval * 2 < MdnsTimes.BetweenSteady ? _interval * 2 : MdnsTimes.BetweenSteady;
        Next = now + random.Between(_interval * 0.9, _interval);
    }
}
