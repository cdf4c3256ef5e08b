using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Registration;

/// <summary>
/// Gets a device its certificate, in place of a provisional one too, and the next one in time: prove the service, ask for a challenge, send the request
/// with proof of possession; again with back-off while the trouble may pass. The plan, with its token or session, is on disk
/// from before the first attempt until it is certified or refused.
/// </summary>
/// <param name="floor">as far as it was stored; what is held raises it</param>
public sealed partial class RegistrationMachine(ISigner key, DevicePlatform platform, IRandomSource random, TimeFloor floor)
{
    private enum Step { Idle, Storing, Waiting, ProvingService, Challenging, Requesting }

    private RegistrationGoal? _goal;
    private Step _step;
    private int _call;
    private int _attempts;
    private int _waits;
    private string? _problem;
    private TrustChain? _shown;
    private bool _isWithdrawn;
    private TlsPin? _pin;
    private HeldRegistration? _unstored;
    private RegistrationStatus _settled = new RegistrationStatus.Unregistered();
    private DateTimeOffset? _next;
    private TimeFloor _settledAt = TimeFloor.None;

    /// <summary>
    /// When <see cref="HandleTimeout"/> wants to be called: the next attempt, or the renewal, which is due at once where
    /// the certificate's key was withdrawn, or the floor has passed it since the certificate came. (A floor that was above
    /// it then, by a service with a wrong clock, would ask for one certificate after the other.)
    /// </summary>
    public DateTimeOffset? NextTimeout =>
        _goal is null && _next is { } next && (_isWithdrawn || (next <= Floor.IssuedAt && Floor != _settledAt)) ? DateTimeOffset.MinValue : _next;

    /// <summary>The newest time that a key of the organisation signed, as far as this device has seen.</summary>
    public TimeFloor Floor { get; private set; } = floor;

    /// <summary>The certificate this device has, good or not.</summary>
    public HeldRegistration? Held { get; private set; }

    public RegistrationStatus Status => _goal switch
    {
        RegistrationGoal.FirstCertificate first => new RegistrationStatus.Underway(first.Server, _attempts, _problem, _step == Step.Waiting ? NextTimeout : null),
        RegistrationGoal.NextCertificate { IsPromotion: true } next => new RegistrationStatus.Provisional(next.Server, _attempts, _problem, _step == Step.Waiting ? NextTimeout : null, _waits > 0),
        _ => _settled,
    };

    /// <summary>True while there is a certificate that peers accept: then there is nothing to order.</summary>
    public bool IsRegisteredAt(DateTimeOffset now) =>
        _settled is RegistrationStatus.Certified && !_isWithdrawn && Held?.Issued.Certificate.ValidityAt(Floor.At(now)) is not (null or CertificateValidity.Expired);

    /// <summary>A certificate was found on disk.</summary>
    public void Hold(HeldRegistration held)
    {
        Held = held;
        Floor = Floor.Raise(held.Issued.Certificate.VouchedAt).Raise(held.Issued.Trust.Newest.IssuedAt);
        _isWithdrawn = held.Issued.IsWithdrawn;
        // A provisional certificate is no registration: the service is asked for one as soon as it is in reach.
        var isProvisional = held.Issued.Certificate.IsProvisional;
        _settled = isProvisional ? new RegistrationStatus.Provisional(held.Server, 0, null, null) : new RegistrationStatus.Certified(held.Server);
        Rest(Step.Idle);
        _next = isProvisional ? DateTimeOffset.MinValue : held.Issued.RenewFrom + random.Between(TimeSpan.Zero, held.Issued.RenewSpread);
    }

    /// <summary>A plan was found on disk: the process had ended in the middle of it.</summary>
    public void Resume(RegistrationPlan plan, RegistrationCourse course, DateTimeOffset now)
    {
        Pursue(new RegistrationGoal.FirstCertificate(plan));
        _attempts = course.Attempts;
        _problem = course.LastProblem.Length > 0 ? course.LastProblem : null;
        _step = Step.Waiting;
        // The clock may have been set since: never longer than the back-off itself would wait.
        var latest = now + _goal!.Retry.Longest;
        _next = course.NextAttempt < latest ? course.NextAttempt : latest;
    }

    /// <summary>A person's order; it replaces one that is underway.</summary>
    public IReadOnlyList<RegistrationEffect> Begin(RegistrationPlan plan, DateTimeOffset now)
    {
        Pursue(new RegistrationGoal.FirstCertificate(plan));
        if (plan.Server.Scheme != "https")
            return Refuse(RegistrationRefusal.Other, $"A registration service is reached over https; {plan.Server} is not such an address.");
        _step = Step.Storing;
        return [new RegistrationEffect.StorePlan(plan, new RegistrationCourse(0, now, ""))];
    }

    public IReadOnlyList<RegistrationEffect> HandleTimeout(DateTimeOffset now)
    {
        if (NextTimeout is not { } due || (now < due && !WasSetBack(due, now)))
            return [];
        if (_goal is null && Held is { } held)
            Pursue(new RegistrationGoal.NextCertificate(held));
        return Attempt();
    }

    public IReadOnlyList<RegistrationEffect> Handle(RegistrationInput input, DateTimeOffset now)
    {
        try
        {
            return input switch
            {
                RegistrationInput.PlanStored when _step == Step.Storing && _unstored is null => Attempt(),
                RegistrationInput.NotStored problem when _step == Step.Storing => HandleNotStored(problem.Detail, now),
                RegistrationInput.RegistrationStored when _step == Step.Storing && _unstored is not null => Settle(now),
                RegistrationInput.Paired paired => HandlePaired(paired.Held, now),
                RegistrationInput.TimeVerified verified => Raise(Floor.Raise(verified.IssuedAt)),
                RegistrationInput.TrustRootOffered offer => HandleOffer(offer.Links),
                RegistrationInput.DiscoveryKeyOffered offer => HandleOffer(offer.Key),
                RegistrationInput.TrustRootShown answer when IsAwaited(answer.Call, Step.ProvingService) => HandleShown(answer.Shown, now),
                RegistrationInput.Challenged answer when IsAwaited(answer.Call, Step.Challenging) => Request(answer.Challenge),
                RegistrationInput.Issued answer when IsAwaited(answer.Call, Step.Requesting) => HandleIssued(answer.Answer),
                RegistrationInput.CallFailed answer when IsAwaited(answer.Call, _step) => HandleFailure(answer.Failure, now),
                _ => [],
            };
        }
        catch (ProtocolException error)
        {
            return HandleFailure(new ServiceFailure.Unreadable(error.Message), now);
        }
    }

    /// <summary>What the service in question is judged by: for a renewal what the device itself has followed by now.</summary>
    private TrustChain Trust => _goal is RegistrationGoal.FirstCertificate ? _shown! : Held!.Issued.Trust;

    private ServiceContact Contact => new(_goal!.Server, _goal.ServerTrust, _pin);

    private bool IsAwaited(int call, Step step) => call == _call && _step == step && step is Step.ProvingService or Step.Challenging or Step.Requesting;

    private void Pursue(RegistrationGoal goal)
    {
        _goal = goal;
        (_attempts, _waits) = (0, 0);
        _problem = null;
        Rest(Step.Idle);
    }

    private void Rest(Step step)
    {
        _step = step;
        _unstored = null;
        _pin = null;
        _shown = null;
        // Whatever was called before is answered in vain.
        _call++;
        _next = null;
    }

    // A clock that was set back must not silence the attempts: no back-off is that long.
    private bool WasSetBack(DateTimeOffset due, DateTimeOffset now) => _step == Step.Waiting && due - now > _goal!.Retry.Longest;

    private RegistrationEffect[] Raise(TimeFloor to)
    {
        var isNews = to != Floor;
        Floor = to;
        return isNews ? [new RegistrationEffect.RaiseFloor(to)] : [];
    }

    private RegistrationEffect[] Attempt()
    {
        Rest(Step.ProvingService);
        _attempts++;
        return [new RegistrationEffect.FetchTrustRoot(_call, Contact)];
    }

    private List<RegistrationEffect> HandleShown(ServiceShown shown, DateTimeOffset now)
    {
        List<RegistrationEffect> effects = [];
        try
        {
            if (_goal is RegistrationGoal.FirstCertificate first)
                _shown = ServiceProof.ReadTrust(shown, first.Plan.Credential.TrustRootFingerprint.Span);
            else
                effects.AddRange(Follow(ServiceProof.ReadLinks(shown)));
            _pin = _goal!.ServerTrust is null ? ServiceProof.Pin(shown, Trust.Newest, Floor.At(now)) : null;
        }
        catch (ProtocolException error)
        {
            return [.. effects, .. HandleFailure(new ServiceFailure.Untrusted(error.Message), now)];
        }
        _step = Step.Challenging;
        return [.. effects, new RegistrationEffect.AskChallenge(++_call, Contact)];
    }

    private RegistrationEffect[] Request(RegistrationMessages.Challenge challenge)
    {
        var metadata = platform.Describe(_goal!.Name);
        RegistrationEffect send = _goal switch
        {
            RegistrationGoal.FirstCertificate first => new RegistrationEffect.SendRegistration(
                ++_call, Contact, ProofOfPossession.Register(key, _goal.Account, metadata, challenge.Nonce), first.Plan.Credential),
            RegistrationGoal.NextCertificate { IsPromotion: true, Held: var held } => new RegistrationEffect.SendPromotion(
                ++_call, Contact, new(ProofOfPossession.Register(key, _goal.Account, metadata, challenge.Nonce), held.Issued.Certificate.Blob.ToText())),
            _ => new RegistrationEffect.SendRenewal(++_call, Contact, ProofOfPossession.Renew(key, _goal.Account, metadata, challenge.Nonce)),
        };
        _step = Step.Requesting;
        return [send];
    }

    private RegistrationEffect[] HandleIssued(RegistrationMessages.RegisterResponse answer)
    {
        var before = _goal is RegistrationGoal.NextCertificate ? Held!.Issued.DiscoveryKeys : null;
        var issued = IssuedRegistration.Read(answer, key.PublicKey, _goal!.Account, Trust, before);
        return Store(new HeldRegistration(_goal.Server, _goal.ServerTrust, issued));
    }

    private RegistrationEffect[] Store(HeldRegistration held)
    {
        _unstored = held;
        _step = Step.Storing;
        return [new RegistrationEffect.StoreRegistration(held)];
    }

    private RegistrationEffect[] Settle(DateTimeOffset now)
    {
        var (held, floor) = (_unstored!, Floor);
        _goal = null;
        Hold(held);
        _settledAt = Floor;
        if (held.Issued.Certificate.IsProvisional)
            return Announce(held, floor);
        // With a clock that is ahead by most of a certificate's life each new one would be due at once.
        var soonest = now + held.Issued.Life / 3;
        _next = _next < soonest ? soonest : _next;
        return Announce(held, floor);
    }

    private RegistrationEffect[] Announce(HeldRegistration held, TimeFloor before)
    {
        RegistrationEffect announce = new RegistrationEffect.Announce(held);
        return Floor == before ? [announce] : [new RegistrationEffect.RaiseFloor(Floor), announce];
    }

    private RegistrationEffect[] HandleNotStored(string detail, DateTimeOffset now) => _goal is null ? Forget()
        : _unstored is null ? Refuse(RegistrationRefusal.Other, $"The registration cannot be kept on this device, so it was not begun: {detail}")
        : Retry($"The certificate cannot be stored: {detail}", now);

    private RegistrationEffect[] HandleFailure(ServiceFailure failure, DateTimeOffset now)
    {
        if (IsFinal(failure))
        {
            var isWrongServer = _step == Step.ProvingService || failure is ServiceFailure.Untrusted;
            return isWrongServer
                ? Refuse(RegistrationRefusal.WrongServer, $"{_goal!.Server} was refused, and the {WhatIsShown} was not sent to it. {failure.Detail} Check the address; if it is right, ask your administrator{(WhatIsShown == "token" ? " for a token of this service" : "")}.")
                : Refuse(failure.Refusal, failure.Detail);
        }
        if (failure is ServiceFailure.Refused { Code: RegistrationProblems.PromotionWaiting })
            return Retry(failure.Detail, now, RegistrationGoal.Awaited.After(++_waits, random));
        // Its newest word counts, and a network or a service that is not there is none.
        if (!failure.IsPassing)
            _waits = 0;
        return Retry(failure.Detail, now);
    }

    private string WhatIsShown => _goal is RegistrationGoal.FirstCertificate { Plan.Credential: LoginSession } ? "session" : "token";

    /// <summary>True when trying again by itself is pointless or wrong.</summary>
    private bool IsFinal(ServiceFailure failure) => _goal is RegistrationGoal.NextCertificate
        // A registered device moves between networks, and some answer in the service's place: only its own word counts.
        ? failure is ServiceFailure.Refused { Code: RegistrationProblems.DeviceRevoked or RegistrationProblems.DeviceUnknown or RegistrationProblems.CertificateExpired or RegistrationProblems.EndorsementRefused }
        // Past the proof the service is the right one: what cannot be read may have been the certificate, which is given again.
        : !failure.IsPassing && !(failure is ServiceFailure.Unreadable && _step != Step.ProvingService);

    private RegistrationEffect[] Retry(string problem, DateTimeOffset now, TimeSpan? delay = null)
    {
        Rest(Step.Waiting);
        _problem = Printable.Shorten(problem);
        var next = now + (delay ?? _goal!.Retry.After(_attempts, random));
        _next = next;
        return _goal is RegistrationGoal.FirstCertificate first
            ? [new RegistrationEffect.StorePlan(first.Plan, new RegistrationCourse(_attempts, next, _problem))]
            : [];
    }

    private RegistrationEffect[] Refuse(RegistrationRefusal reason, string detail)
    {
        var hadPlan = _goal is RegistrationGoal.FirstCertificate;
        _goal = null;
        Rest(Step.Idle);
        _settled = new RegistrationStatus.Refused(reason, Printable.Shorten(detail));
        return hadPlan ? [new RegistrationEffect.ForgetPlan()] : [];
    }
}
