using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Revocation;

/// <summary>
/// Keeps a device's revocation list the newest there is: long polls at the service, and whatever peers show. Only a
/// list that a CRL key signed and that is later by (version, issued at) than the one held takes its place.
/// </summary>
public sealed class RevocationMachine(RevocationPace pace, IRandomSource random)
{
    /// <summary>How often the service is asked for newer trust roots, while its TLS key is proven.</summary>
    public static readonly TimeSpan TrustRootEvery = TimeSpan.FromHours(1);

    public static readonly RetryDelay Retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    private enum Step { Idle, Waiting, ProvingService, Asking }

    private RevocationSource? _source;
    private Step _step;
    private int _call;
    private TlsPin? _pin;
    private DateTimeOffset _trustAskedAt;
    private string? _etag;
    private bool _wantsWhole;
    private RevocationList? _deltaFrom;
    private DateTimeOffset _askedAt;
    private int _failures;
    private bool _isRefreshing;
    private TimeFloor _floor = TimeFloor.None;

    /// <summary>When <see cref="HandleTimeout"/> wants to be called.</summary>
    public DateTimeOffset? NextTimeout { get; private set; }

    public RevocationList? Held { get; private set; }

    /// <summary>True when a list is held and its successor is overdue: it is used on.</summary>
    public bool IsStaleAt(DateTimeOffset now) => Held?.IsStaleAt(_floor.At(now)) == true;

    /// <summary>When the service was last reached for the list.</summary>
    public DateTimeOffset? CheckedAt { get; private set; }

    /// <summary>The device is registered: from disk, newly, or anew.</summary>
    /// <param name="held">the list on disk, verified under the source's trust root</param>
    public IReadOnlyList<RevocationEffect> Start(RevocationSource source, RevocationList? held, DateTimeOffset now)
    {
        // One that could not be stored is in force in memory only. It ends with its key.
        var before = Held;
        var kept = before is not null && IsVouchedFor(before, source.Trust) ? before : null;
        _source = source;
        Held = held is not null && held.IsNewerThan(kept) ? held : kept;
        (_pin, _etag, _wantsWhole, _failures, _trustAskedAt) = (null, null, false, 0, now);
        Rest(Step.Idle, null);
        List<RevocationEffect> effects = before is not null && Held is null ? [new RevocationEffect.Discard()] : [];
        if (Held != before)
            effects.Add(new RevocationEffect.Announce(Held));
        if (pace.IsPolling || _isRefreshing)
            effects.AddRange(Ask(now));
        return effects;
    }

    public IReadOnlyList<RevocationEffect> HandleTimeout(DateTimeOffset now)
    {
        if (_step != Step.Waiting || NextTimeout is not { } due)
            return [];
        // A clock that was set back must not silence the polls.
        return now >= due || due - now > Retry.Longest ? Ask(now) : [];
    }

    public IReadOnlyList<RevocationEffect> Handle(RevocationInput input, DateTimeOffset now) => input switch
    {
        RevocationInput.Offered offer => HandleOffer(offer.Blob),
        RevocationInput.RefreshAsked => HandleRefresh(now),
        RevocationInput.FloorRaised raised => Raise(raised.Floor),
        RevocationInput.TrustRootShown answer when IsAwaited(answer.Call, Step.ProvingService) => HandleShown(answer.Shown, now),
        RevocationInput.Answered answer when IsAwaited(answer.Call, Step.Asking) => HandleAnswer(answer.Answer, now),
        RevocationInput.CallFailed answer when answer.Call == _call && _step is Step.ProvingService or Step.Asking => HandleFailure(answer.Failure, now),
        _ => [],
    };

    private RevocationEffect[] Raise(TimeFloor floor)
    {
        _floor = _floor.Raise(floor.IssuedAt);
        return [];
    }

    private bool IsAwaited(int call, Step step) => call == _call && _step == step;

    private void Rest(Step step, DateTimeOffset? next)
    {
        _step = step;
        _call++;
        NextTimeout = next;
    }

    private RevocationEffect[] Ask(DateTimeOffset now)
    {
        _askedAt = now;
        var contact = new ServiceContact(_source!.Server, _source.ServerTrust, _pin);
        var asksForTrust = contact.IsUnproven || (now - _trustAskedAt).Duration() >= TrustRootEvery;
        if (asksForTrust)
            _trustAskedAt = now;
        Rest(asksForTrust ? Step.ProvingService : Step.Asking, null);
        // A peer may show a later one before the answer is there.
        _deltaFrom = !asksForTrust && !_wantsWhole && Held is { IsOfNumbers: true } ? Held : null;
        return asksForTrust
            ? [new RevocationEffect.FetchTrustRoot(_call, contact)]
            : [new RevocationEffect.Ask(_call, contact, Held?.Version ?? 0, _etag, _isRefreshing ? TimeSpan.Zero : pace.Interval, IsForDelta: _deltaFrom is not null)];
    }

    private RevocationEffect[] HandleRefresh(DateTimeOffset now)
    {
        if (_source is null)
            return [new RevocationEffect.AnswerRefresh(new RefreshOutcome.NotRegistered())];
        // One question serves all who ask meanwhile. A long poll under way is given up for it: the answer is wanted now.
        if (_isRefreshing)
            return [];
        _isRefreshing = true;
        return Ask(now);
    }

    private List<RevocationEffect> HandleShown(ServiceShown shown, DateTimeOffset now)
    {
        List<RevocationEffect> effects = [];
        try
        {
            var links = ServiceProof.ReadLinks(shown);
            if (!links[^1].Payload.Equals(_source!.Trust.Link.Payload))
                effects.Add(new RevocationEffect.OfferTrustRoot(links));
            // After a change of keys only the newer trust root may vouch for it: with that this begins anew.
            _pin = _source.ServerTrust is null ? ServiceProof.Pin(shown, _source.Trust, _floor.At(now)) : null;
        }
        catch (ProtocolException error)
        {
            return [.. effects, .. HandleFailure(new ServiceFailure.Untrusted(error.Message), now)];
        }
        return [.. effects, .. Ask(now)];
    }

    private static bool IsVouchedFor(RevocationList list, TrustRoot trust)
    {
        try
        {
            RevocationList.Read(list.Blob, trust);
            return true;
        }
        catch (ProtocolException)
        {
            return false;
        }
    }

    private List<RevocationEffect> HandleAnswer(RevocationAnswer answer, DateTimeOffset now)
    {
        CheckedAt = now;
        _failures = 0;
        return answer switch
        {
            RevocationAnswer.List(var blob, var etag) => HandleList(blob, etag, now),
            RevocationAnswer.Delta(var delta, var etag) when _deltaFrom is not null => HandleDelta(delta, etag, now),
            _ => Unchanged(now),
        };
    }

    // Whatever the whole list was asked for, there is none that this device has not.
    private List<RevocationEffect> Unchanged(DateTimeOffset now)
    {
        _wantsWhole = false;
        return Continue([], new RefreshOutcome.Refreshed(IsNewer: false), now);
    }

    private List<RevocationEffect> HandleDelta(RevocationDelta delta, string? etag, DateTimeOffset now)
    {
        try
        {
            return HandleList(delta.ApplyTo(_deltaFrom!, _source!.Trust).Blob, etag, now);
        }
        catch (ProtocolException error)
        {
            _wantsWhole = true;
            return [new RevocationEffect.Warn($"{error.Message} The whole list is asked for."), .. Ask(now)];
        }
    }

    private List<RevocationEffect> HandleList(Signed blob, string? etag, DateTimeOffset now)
    {
        if (Held is not null && blob.Equals(Held.Blob))
        {
            _etag = etag;
            return Unchanged(now);
        }
        if (Judge(blob, out var problem) is not { } list)
        {
            // Signed by a key this device does not know, it may be by one that the newer trust root lists.
            _trustAskedAt = DateTimeOffset.MinValue;
            return Continue([new RevocationEffect.Warn($"The registration service's list was refused. {problem}")], new RefreshOutcome.Rejected(problem), now);
        }
        _etag = etag;
        return Continue(Accept(list), new RefreshOutcome.Refreshed(IsNewer: true), now, isNews: true);
    }

    private RevocationEffect[] HandleOffer(Signed blob)
    {
        if (_source is null || (Held is not null && blob.Equals(Held.Blob)))
            return [];
        return Judge(blob, out var problem) is { } list
            ? Accept(list)
            : [new RevocationEffect.Warn($"A peer's revocation list was refused. {problem}")];
    }

    /// <summary>The list, where it may take the place of the one held; else why not.</summary>
    private RevocationList? Judge(Signed blob, out string problem)
    {
        try
        {
            var list = RevocationList.Read(blob, _source!.Trust);
            problem = $"It is of version {list.Version}, issued {list.IssuedAt:u}, and this device holds a later one.";
            return list.IsNewerThan(Held) ? list : null;
        }
        catch (ProtocolException error)
        {
            problem = error.Message;
            return null;
        }
    }

    private RevocationEffect[] Accept(RevocationList list)
    {
        (Held, _wantsWhole) = (list, false);
        return [new RevocationEffect.Store(list), new RevocationEffect.Announce(list)];
    }

    private RevocationEffect[] HandleFailure(ServiceFailure failure, DateTimeOffset now)
    {
        // It has no delta from here, is of before there were any, or its database is away: the whole list it has in memory. What a proxy
        // says in its place is no reason to load that: the next delta may be a few bytes.
        if (_deltaFrom is not null && failure is ServiceFailure.Unreadable
            or ServiceFailure.Refused { Status: 404 or 400 } or ServiceFailure.Refused { Code: RegistrationProblems.DatabaseUnavailable })
        {
            _wantsWhole = true;
            return Ask(now);
        }
        // Its TLS key may be a new one, for which the trust root can vouch.
        if (failure is ServiceFailure.Untrusted)
            _pin = null;
        _failures++;
        Rest(Step.Waiting, pace.IsPolling ? now + Retry.After(_failures, random) : null);
        return EndRefresh(failure is ServiceFailure.Unreadable
            ? new RefreshOutcome.Rejected(failure.Detail)
            : new RefreshOutcome.Unreachable(failure.Detail));
    }

    private List<RevocationEffect> Continue(RevocationEffect[] effects, RefreshOutcome outcome, DateTimeOffset now, bool isNews = false)
    {
        List<RevocationEffect> all = [.. effects, .. EndRefresh(outcome)];
        // News come one signed list at a time, so asking on at once cannot run wild; anything else keeps the pace.
        // At random, and never later than the pace: devices that were all answered at once do not ask at once for ever.
        var next = _askedAt + random.Between(pace.Interval * 0.8, pace.Interval);
        if (!pace.IsPolling)
            Rest(Step.Waiting, null);
        else if (isNews || now >= next)
            all.AddRange(Ask(now));
        else
            Rest(Step.Waiting, next);
        return all;
    }

    private RevocationEffect[] EndRefresh(RefreshOutcome outcome)
    {
        if (!_isRefreshing)
            return [];
        _isRefreshing = false;
        return [new RevocationEffect.AnswerRefresh(outcome)];
    }
}
