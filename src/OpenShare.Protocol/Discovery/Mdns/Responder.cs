using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>
/// Probes, announces and answers on one interface (RFC 6762 §6, §8, §9). An answer is always the whole
/// announcement: it is small, and who asks for a part is about to ask for the rest.
/// </summary>
internal sealed class Responder(MdnsInterface network, DiscoveryMedium medium, IRandomSource random)
{
    /// <summary>The interface, as it is now, with all addresses that are announced on it.</summary>
    internal MdnsInterface Network { get; set; } = network;

    private enum State
    {
        Probing,
        Announced,
    }

    private readonly AnnounceSchedule _schedule = new(random);
    private readonly HeldQueries _held = new();

    // All it may be asked for, made anew when it changes: questions are many.
    private (OwnService Own, MdnsInterface Network, ImmutableArray<DnsRecord> Records)? _answers;
    private State _state = State.Probing;
    private int _probesLeft;
    private DateTimeOffset _nextProbe = DateTimeOffset.MaxValue;
    private DateTimeOffset _nextAnswer = DateTimeOffset.MaxValue;
    private DateTimeOffset _nextLegacyAnswer = DateTimeOffset.MinValue;
    private DateTimeOffset _lastSent = DateTimeOffset.MinValue;
    private bool _kindAsked;
    private bool _ownAsked;
    private ImmutableHashSet<DnsName> _othersAsked = [];

    internal DateTimeOffset NextTimeout =>
        _state == State.Probing ? _nextProbe
        : Earliest(_held.Next, Earliest(_nextAnswer, _schedule.Next));

    internal bool IsAnnounced => _state == State.Announced;

    /// <summary>About to say what others can say as well.</summary>
    internal bool MayBeSpared => _kindAsked;

    /// <summary>Announces no more by itself, and takes the names as claimed: whoever asks is answered.</summary>
    internal void Rest()
    {
        _schedule.IsResting = true;
        (_state, _nextProbe) = (State.Announced, DateTimeOffset.MaxValue);
        _schedule.Stop();
    }

    /// <summary>Announces by itself again, from the next claim of the names on.</summary>
    internal void Wake() => _schedule.IsResting = false;

    /// <summary>Claims the names anew, after <paramref name="wait"/> and up to 250 ms at random.</summary>
    internal void Probe(DateTimeOffset now, TimeSpan wait = default)
    {
        _state = State.Probing;
        _probesLeft = MdnsTimes.Probes;
        _nextProbe = now + wait + random.Between(TimeSpan.Zero, MdnsTimes.BetweenProbes);
        ForgetAsked();
        _held.Clear();
    }

    private void ForgetAsked()
    {
        _nextAnswer = DateTimeOffset.MaxValue;
        _kindAsked = _ownAsked = false;
        _othersAsked = [];
    }

    /// <summary>Starts the dense schedule over: something changed that others should hear soon.</summary>
    internal void AnnounceSoon(DateTimeOffset now)
    {
        // Who has said nothing this way yet need not correct it.
        if (_state == State.Announced && !(_schedule.IsResting && _lastSent == DateTimeOffset.MinValue))
            _schedule.Start(_lastSent + MdnsTimes.BetweenAnswers > now ? _lastSent + MdnsTimes.BetweenAnswers : now);
    }

    internal void Advance(OwnService own, DateTimeOffset now, List<MdnsEffect> effects)
    {
        if (_state == State.Probing && now >= _nextProbe)
        {
            if (_probesLeft > 0)
            {
                _probesLeft--;
                _nextProbe = now + MdnsTimes.BetweenProbes;
                effects.Add(SendProbe(own));
                return;
            }

            _state = State.Announced;
            _schedule.Start(now);
        }

        if (_state == State.Announced && now >= _held.Next && _held.TakeDue(now) is { IsEmpty: false } asked)
            AnswerSoon(asked, now);
        if (_state == State.Announced && now >= Earliest(_nextAnswer, _schedule.Next))
        {
            var noOthers = own.NoOthers(Network);
            effects.Add(Multicast(
                [.. own.Records(Network), .. _kindAsked ? own.Kinds : [], .. noOthers.Where(r => _othersAsked.Contains(r.Name))],
                [.. noOthers.Where(r => IsOneFamily(r) && !_othersAsked.Contains(r.Name))]));
            _lastSent = now;
            ForgetAsked();
            _schedule.Sent(now);
        }
    }

    /// <summary>Answers a query, at once or when it is due.</summary>
    internal void HandleQuery(OwnService own, DnsMessage query, IPEndPoint from, DateTimeOffset now, List<MdnsEffect> effects)
    {
        if (_state != State.Announced)
            return;
        DateTimeOffset? more = query.IsTruncated ? now + random.Between(MdnsTimes.BeforeMoreKnownAnswers) : null;
        if (query.Questions.IsEmpty)
            _held.Continue(from, r => IsKnown(query, r), more);
        ImmutableArray<DnsRecord> asked = [.. Answers(own).Where(r => IsAsked(query, r) && !IsKnown(query, r))];
        if (asked.IsEmpty)
            return;
        if (from.Port != MdnsMachine.PortOf(medium))
        {
            AnswerLegacy(query, asked, from, now, effects);
            return;
        }

        // A name is defended at once.
        var isProbe = query.Authorities.Any(a => own.Names.Contains(a.Name));
        if (isProbe || more is not { } until || !_held.Hold(from, asked, until))
            AnswerSoon(asked, now, isProbe);
    }

    /// <summary>Somebody said goodbye for this device, which is here still.</summary>
    internal void Contradict(OwnService own, DnsMessage response, DateTimeOffset now)
    {
        ImmutableArray<DnsRecord> denied = [.. own.Records(Network).Where(r => response.Said.Any(s => s.Ttl == 0 && s.SaysSameAs(r)))];
        if (_state == State.Announced && _lastSent > DateTimeOffset.MinValue && !denied.IsEmpty)
            AnswerSoon(denied, now);
    }

    /// <summary>What another has just said in full need not be said again (RFC 6762 §7.4).</summary>
    internal void HandleResponse(OwnService own, DnsMessage response)
    {
        if (!_kindAsked || !own.Kinds.All(kind => response.Said.Any(r => r.SaysSameAs(kind) && r.Ttl >= kind.Ttl)))
            return;
        _kindAsked = false;
        if (!_ownAsked)
            _nextAnswer = DateTimeOffset.MaxValue;
    }

    private void AnswerSoon(ImmutableArray<DnsRecord> asked, DateTimeOffset now, bool isProbe = false)
    {
        _kindAsked |= asked.Any(r => r.Name == OwnService.Enumeration);
        _ownAsked |= asked.Any(r => r.Name != OwnService.Enumeration);
        _othersAsked = _othersAsked.Union(asked.Where(r => r.Type == DnsType.Nsec).Select(r => r.Name));
        var wait = isProbe || asked.All(r => r.CacheFlush) ? TimeSpan.Zero : random.Between(MdnsTimes.BeforeSharedAnswer);
        var earliest = _lastSent + (isProbe ? MdnsTimes.BetweenDefences : MdnsTimes.BetweenAnswers);
        var at = earliest > now + wait ? earliest : now + wait;
        _nextAnswer = at < _nextAnswer ? at : _nextAnswer;
    }

    /// <summary>Says that the service is no more, and so its host name if that is given up too. While probing nothing was claimed yet.</summary>
    internal void Goodbye(OwnService own, bool host, List<MdnsEffect> effects) =>
        Withdraw(own.Records(Network).Where(r => host || r.Name != own.Host), effects);

    /// <summary>Says which services are no more. Of those that stay, what is announced takes the place of what was.</summary>
    internal void Goodbye(OwnService before, OwnService after, List<MdnsEffect> effects)
    {
        var stay = after.Records(Network);
        Withdraw(before.Records(Network).Where(r => !stay.Any(s => s.Name == r.Name && s.Type == r.Type)), effects);
    }

    /// <summary>Says that these addresses are no more.</summary>
    internal void Goodbye(OwnService own, IEnumerable<IPAddress> addresses, List<MdnsEffect> effects) =>
        Withdraw(addresses.Select(a => new DnsRecord(own.Host, new DnsData.Address(a), 0)), effects);

    private void Withdraw(IEnumerable<DnsRecord> records, List<MdnsEffect> effects)
    {
        ImmutableArray<DnsRecord> gone = [.. records.Select(r => r with { Ttl = 0, CacheFlush = false })];
        if (_state == State.Announced && _lastSent > DateTimeOffset.MinValue && !gone.IsEmpty)
            effects.Add(Multicast(gone, []));
    }

    /// <summary>Two devices probe for one name at once: the one whose data come later in order has it (RFC 6762 §8.2).</summary>
    /// <returns>true when this device lost, and probes again later</returns>
    internal bool LosesTo(OwnService own, IReadOnlyList<DnsRecord> claims, DateTimeOffset now)
    {
        if (_state != State.Probing)
            return false;
        var ours = own.Unique(Network);
        foreach (var name in own.Names)
        {
            var theirs = claims.Where(r => r.Name == name).ToList();
            if (theirs.Count > 0 && ProbeTie.Compare(ours.Where(r => r.Name == name), theirs) < 0)
            {
                Probe(now, MdnsTimes.AfterLostTie);
                return true;
            }
        }

        return false;
    }

    private MdnsEffect.Send SendProbe(OwnService own) => new(Network.Index, medium, new DnsMessage
    {
        Questions = [.. own.Names.Select(n => new DnsQuestion(n, DnsType.Any))],
        Authorities = [.. own.Unique(Network).Select(r => r with { CacheFlush = false })],
    }.Encode());

    private MdnsEffect.Send Multicast(ImmutableArray<DnsRecord> records, ImmutableArray<DnsRecord> additionals) =>
        new(Network.Index, medium, new DnsMessage { IsResponse = true, Answers = records, Additionals = additionals }.Encode());

    // RFC 6762 §6.2: who hears addresses of one family need not ask for the other's.
    private static bool IsOneFamily(DnsRecord noOthers) => ((DnsData.NoOthers)noOthers.Data).Types is [DnsType.A] or [DnsType.Aaaa];

    // A legacy resolver hears no multicast, knows no cache-flush bit, nor what NSEC means here, and wants its question back
    // (RFC 6762 §6.7).
    // At most ten such answers a second, for the asker's address may be forged.
    private void AnswerLegacy(DnsMessage query, ImmutableArray<DnsRecord> asked, IPEndPoint from, DateTimeOffset now, List<MdnsEffect> effects)
    {
        if (now < _nextLegacyAnswer)
            return;
        _nextLegacyAnswer = now + MdnsTimes.BetweenQueryPackets;
        effects.Add(new MdnsEffect.Send(Network.Index, medium, new DnsMessage
        {
            Id = query.Id,
            IsResponse = true,
            Questions = [.. query.Questions.Where(q => asked.Any(r => Asks(q, r))).Take(OwnService.Addresses)],
            Answers = [.. asked.Where(r => r.Type != DnsType.Nsec).Select(r => r with { CacheFlush = false, Ttl = MdnsTimes.LegacyTimeToLive })],
        }.Encode(), from));
    }

    private ImmutableArray<DnsRecord> Answers(OwnService own)
    {
        if (_answers is not { } known || !ReferenceEquals(known.Own, own) || !ReferenceEquals(known.Network, Network))
            _answers = known = (own, Network, [.. own.Records(Network), .. own.Kinds, .. own.NoOthers(Network)]);
        return known.Records;
    }

    private static DateTimeOffset Earliest(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static bool IsAsked(DnsMessage query, DnsRecord record) => query.Questions.Any(q => Asks(q, record));

    private static bool Asks(DnsQuestion question, DnsRecord record) =>
        question.Name == record.Name
        && (record.Data is DnsData.NoOthers only
            ? question.Type != DnsType.Any && !only.Types.Contains(question.Type)
            : question.Type == record.Type || question.Type == DnsType.Any);

    // Known-answer suppression (RFC 6762 §7.1).
    private static bool IsKnown(DnsMessage query, DnsRecord record) =>
        query.Answers.Any(a => a.Ttl >= record.Ttl / 2 && a.SaysSameAs(record));
}
