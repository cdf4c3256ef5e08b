using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>
/// When a device asks who is there: a moment after it begins to search, then after 1, 2, 4 … seconds up to an hour
/// (RFC 6762 §5.2), and not where another asks the same about then and knows nobody that this device does not
/// (§7.3): the answers come to all. Of a crowd that starts at once so few ask, and each packet of a question is one less
/// for everybody.
/// </summary>
internal sealed class QuerySchedule(IRandomSource random)
{
    private TimeSpan _interval;
    private TimeSpan _wait;

    // Who asked last, while more of what he knows is to come; once for each question, lest others put it off for ever.
    private IPEndPoint? _asker;
    private bool _hasWaited;

    internal DateTimeOffset Next { get; private set; } = DateTimeOffset.MaxValue;

    internal void Start(DateTimeOffset now)
    {
        _interval = MdnsTimes.FirstBetweenQueries;
        Wait(random.Between(MdnsTimes.BeforeFirstQuery), now);
    }

    internal void Rest()
    {
        Next = DateTimeOffset.MaxValue;
        _asker = null;
    }

    internal void Sent(DateTimeOffset now)
    {
        Wait((_interval * 0.98) + random.Between(TimeSpan.Zero, _interval * 0.04), now);
        _interval = _interval * 2 < MdnsTimes.LastBetweenQueries ? _interval * 2 : MdnsTimes.LastBetweenQueries;
    }

    /// <param name="from">who asks; this device, too, hears itself</param>
    /// <param name="isKnown">this device would name it as well</param>
    internal void Heard(DnsMessage query, IPEndPoint from, Func<DnsRecord, bool> isKnown, DateTimeOffset now)
    {
        var isQuestion = query.Questions.Any(q => q.Name == OwnService.Type && q.Type == DnsType.Ptr && !q.WantsUnicast);
        if (isQuestion ? Next - now > _wait / 2 : !query.Questions.IsEmpty || !from.Equals(_asker))
            return;
        _asker = null;
        if (!query.Answers.All(isKnown))
            return;
        if (!query.IsTruncated)
        {
            Sent(now);
        }
        else if (!isQuestion || !_hasWaited)
        {
            _asker = from;
            _hasWaited = true;
            var rest = now + MdnsTimes.BeforeMoreKnownAnswers.Max;
            Next = Next > rest ? Next : rest;
        }
    }

    private void Wait(TimeSpan wait, DateTimeOffset now)
    {
        _wait = wait;
        Next = now + wait;
        _asker = null;
        _hasWaited = false;
    }
}
