using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Protocol.Registration;

/// <summary>
/// Asks the registration service for the account's discovery key. A key is made anew whenever a device of the account is
/// revoked, so each revocation list that comes into force is the sign to ask: prove the service, ask for a challenge, ask
/// with proof of possession; again with back-off while the trouble may pass.
/// </summary>
/// <param name="key">the device's own</param>
public sealed class DiscoveryKeyMachine(ISigner key, IRandomSource random)
{
    /// <summary>A list reaches all devices at once; they ask within so long of each other.</summary>
    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(2);

    public static readonly RetryDelay Retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    private enum Step { Idle, Waiting, ProvingService, Challenging, Asking }

    private HeldRegistration? _held;
    private RevocationList? _list;
    private TimeFloor _floor = TimeFloor.None;
    private Step _step;
    private int _call;
    private int _failures;
    private TlsPin? _pin;

    /// <summary>When <see cref="HandleTimeout"/> wants to be called.</summary>
    public DateTimeOffset? NextTimeout { get; private set; }

    /// <summary>What it asks as, and by what it judges the service, from the next question on.</summary>
    public void Hold(HeldRegistration? held, TimeFloor floor) => (_held, _floor) = (held, floor);

    public IReadOnlyList<DiscoveryKeyEffect> HandleTimeout(DateTimeOffset now)
    {
        // A clock that was set back must not silence the questions: no pause is that long.
        if (_step != Step.Waiting || NextTimeout is not { } due || (now < due && due - now <= Retry.Longest))
            return [];
        // The answer to its registration brings a device the key; and a peer may have handed it on by now.
        if (_held is null || CameWithList(_held.Issued.DiscoveryKeys.Issue))
        {
            Rest(Step.Idle);
            return [];
        }
        Rest(Step.ProvingService);
        return [new DiscoveryKeyEffect.FetchTrustRoot(_call, Contact)];
    }

    public IReadOnlyList<DiscoveryKeyEffect> Handle(DiscoveryKeyInput input, DateTimeOffset now)
    {
        try
        {
            return input switch
            {
                DiscoveryKeyInput.ListInForce news => HandleList(news.List, now),
                DiscoveryKeyInput.TrustRootShown answer when IsAwaited(answer.Call, Step.ProvingService) => HandleShown(answer.Shown, now),
                DiscoveryKeyInput.Challenged answer when IsAwaited(answer.Call, Step.Challenging) => Ask(answer.Challenge),
                DiscoveryKeyInput.Answered answer when IsAwaited(answer.Call, Step.Asking) => HandleAnswer(answer.Key),
                DiscoveryKeyInput.CallFailed answer when IsAwaited(answer.Call, _step) => HandleFailure(answer.Failure, now),
                _ => [],
            };
        }
        catch (ProtocolException error)
        {
            return HandleFailure(new ServiceFailure.Unreadable(error.Message), now);
        }
    }

    private ServiceContact Contact => new(_held!.Server, _held.ServerTrust, _pin);

    private bool IsAwaited(int call, Step step) => call == _call && _step == step && step is Step.ProvingService or Step.Challenging or Step.Asking;

    private void Rest(Step step, DateTimeOffset? next = null)
    {
        (_step, _pin, NextTimeout) = (step, null, next);
        // Whatever was called before is answered in vain.
        _call++;
    }

    // A question that is under way may have been answered before the key was made anew.
    private DiscoveryKeyEffect[] HandleList(RevocationList list, DateTimeOffset now)
    {
        (_list, _failures) = (list, 0);
        Rest(Step.Waiting, now + random.Between(TimeSpan.Zero, Spread));
        return [];
    }

    // Then it is the newest as of that list. By time as well: a service restored from a backup makes the same versions anew.
    private bool CameWithList(DiscoveryKey? issue) =>
        issue is not null && _list is { } list && (issue.RevocationList, issue.IssuedAt).CompareTo((list.Version, list.IssuedAt)) >= 0;

    private List<DiscoveryKeyEffect> HandleShown(ServiceShown shown, DateTimeOffset now)
    {
        List<DiscoveryKeyEffect> effects = [];
        try
        {
            var (links, trust) = (ServiceProof.ReadLinks(shown), _held!.Issued.Trust.Newest);
            if (!links[^1].Payload.Equals(trust.Link.Payload))
                effects.Add(new DiscoveryKeyEffect.OfferTrustRoot(links));
            // After a change of keys only the newer trust root may vouch for it: by then that is held.
            _pin = _held.ServerTrust is null ? ServiceProof.Pin(shown, trust, _floor.At(now)) : null;
        }
        catch (ProtocolException error)
        {
            return [.. effects, .. HandleFailure(new ServiceFailure.Untrusted(error.Message), now)];
        }
        _step = Step.Challenging;
        return [.. effects, new DiscoveryKeyEffect.AskChallenge(++_call, Contact)];
    }

    private DiscoveryKeyEffect[] Ask(RegistrationMessages.Challenge challenge)
    {
        var request = ProofOfPossession.DiscoveryKey(key, _held!.Issued.Certificate.Account, challenge.Nonce);
        _step = Step.Asking;
        return [new DiscoveryKeyEffect.Ask(++_call, Contact, request)];
    }

    private DiscoveryKeyEffect[] HandleAnswer(DiscoveryKey answer)
    {
        Rest(Step.Idle);
        return [new DiscoveryKeyEffect.Offer(answer)];
    }

    private DiscoveryKeyEffect[] HandleFailure(ServiceFailure failure, DateTimeOffset now)
    {
        _failures++;
        // Past the proof a refusal is the service's own word: this device is revoked, or it hands out no keys.
        var isFinal = _step is Step.Challenging or Step.Asking && failure is ServiceFailure.Refused { IsPassing: false };
        Rest(isFinal ? Step.Idle : Step.Waiting, isFinal ? null : now + Retry.After(_failures, random));
        return [];
    }
}
