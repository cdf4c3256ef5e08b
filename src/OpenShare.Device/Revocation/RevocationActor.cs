using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Hosting;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Revocation;

/// <summary>
/// Carries out what the <see cref="RevocationMachine"/> decides. The mailbox waits while a list is being stored: it
/// is announced once it is on disk.
/// </summary>
internal sealed partial class RevocationActor : ReceiveActor, IWithTimers, IWithStash
{
    private sealed record Loaded(RevocationHome Home, TrustRoot? Told) : INoSerializationVerificationNeeded;

    private sealed record Tick;

    private readonly DeviceContext _context;
    private readonly IRegistrationStore _registration;
    private readonly IRevocationStore _lists;
    private readonly IRegistrationService _service;
    private readonly RevocationMachine _machine;
    private readonly List<IActorRef> _refreshers = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LatestCall _call = new();
    private RevocationSource? _source;
    private TrustRoot? _trust;
    private RevocationList? _saidStale;

    public RevocationActor(
        DeviceContext context, IRegistrationStore registration, IRevocationStore lists, IRegistrationService service, RevocationPace pace)
    {
        (_context, _registration, _lists, _service) = (context, registration, lists, service);
        _machine = new RevocationMachine(pace, context.Random);
        Become(Loading);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    public static Props Props(
        DeviceContext context, IRegistrationStore registration, IRevocationStore lists, IRegistrationService service, RevocationPace pace) =>
        Akka.Actor.Props.Create(() => new RevocationActor(context, registration, lists, service, pace));

    protected override void PreStart()
    {
        _context.Events.Subscribe<RegistrationEvents.TimeFloorRaised>(Self);
        _context.Events.Subscribe<RegistrationEvents.Certified>(Self);
        _context.Events.Subscribe<PeerEvents.RevocationOffered>(Self);
        _context.Events.Subscribe<PairingEvents.StandingChanged>(Self);
        Load();
    }

    protected override void PostStop()
    {
        _context.Events.Unsubscribe(Self);
        // Whoever takes its place after a surprise does not know them.
        Answer(new RevocationRefresh.ServerUnreachable("The device's revocation flow began anew before an answer was there."));
        _call.Dispose();
        _withdrawalCall.Dispose();
    }

    private void Loading()
    {
        ReceiveAsync<Loaded>(async loaded =>
        {
            Become(Ready);
            await OnLoaded(loaded);
            Stash.UnstashAll();
        });
        Receive<Status.Failure>(Fail);
        ReceiveAny(_ => Stash.Stash());
    }

    private void Ready()
    {
        ReceiveAsync<Loaded>(OnLoaded);
        // Registered just now, renewed, or under another trust root: what is in force is on disk by then.
        Receive<RegistrationEvents.Certified>(m =>
        {
            _trust = m.Identity.Trust;
            Load();
        });
        ReceiveAsync<RegistrationEvents.TimeFloorRaised>(m => Handle(new RevocationInput.FloorRaised(m.Floor)));
        ReceiveAsync<PeerEvents.RevocationOffered>(m => m.DealtWith(() => Handle(new RevocationInput.Offered(m.List))));
        ReceiveAsync<RevocationInput.Answered>(async m => { await Handle(m); TellWithdrawals(); });
        ReceiveAsync<RevocationInput>(Handle);
        ReceiveWithdrawals();
        ReceiveAsync<Tick>(_ => CarryOut(_machine.HandleTimeout(_context.Now)));
        ReceiveAsync<RevocationCommands.Refresh>(_ =>
        {
            _refreshers.Add(Sender);
            return Handle(new RevocationInput.RefreshAsked());
        });
        Receive<RevocationCommands.GetRevocation>(_ => Sender.Tell(View()));
        Receive<Status.Failure>(Fail);
    }

    // The home cannot be read, or a call threw: the supervisor decides, as for any surprise.
    private static void Fail(Status.Failure failure) => throw new InvalidOperationException("The revocation flow met what it does not expect.", failure.Cause);

    private void Load()
    {
        var told = _trust;
        _context.Workers.Run(() => RevocationHome.Load(_registration, _lists, told)).PipeTo(Self, success: home => new Loaded(home, told));
    }

    private async Task OnLoaded(Loaded loaded)
    {
        // Of two that were under way only the later counts.
        if (loaded.Told != _trust)
            return;
        var home = loaded.Home;
        if (home.Problem is not null)
            _log.Warning("The revocation list held was discarded. {0}", home.Problem);
        // Loaded twice, from disk and because registration announced what it found there: once is enough.
        if (home.Source is not { } source || IsSame(source))
            return;
        _source = source;
        await CarryOut(_machine.Start(source, home.Held, _context.Now));
    }

    private bool IsSame(RevocationSource source) =>
        _source is not null && _source.Server == source.Server && _source.ServerTrust == source.ServerTrust
        && _source.Trust.Fingerprint.Span.SequenceEqual(source.Trust.Fingerprint.Span);

    private Task Handle(RevocationInput input) => CarryOut(_machine.Handle(input, _context.Now));

    private async Task CarryOut(IReadOnlyList<RevocationEffect> effects)
    {
        foreach (var effect in effects)
            await CarryOut(effect);
        SayStale();
        if (_machine.NextTimeout is { } next)
        {
            var wait = next - _context.Now;
            // No pause is longer, where the clock was not set back: then the machine, asked, does not wait for it.
            var longest = RevocationMachine.Retry.Longest;
            Timers.StartSingleTimer(nameof(Tick), new Tick(), wait < TimeSpan.Zero ? TimeSpan.Zero : wait < longest ? wait : longest);
        }
        else
        {
            Timers.Cancel(nameof(Tick));
        }
    }

    private async Task CarryOut(RevocationEffect effect)
    {
        switch (effect)
        {
            case RevocationEffect.Store store:
                await Store(store.List);
                break;
            case RevocationEffect.Discard:
                await Discard();
                break;
            case RevocationEffect.OfferTrustRoot offer:
                _context.Events.Publish(new RegistrationEvents.TrustRootOffered(offer.Links));
                break;
            case RevocationEffect.Announce announce:
                if (announce.List is { } list)
                    _log.Info("Revocation list {0} of {1:u} is in force: {2} devices revoked", list.Version, list.IssuedAt, list.Count);
                else
                    _log.Warning("The key of the revocation list held was withdrawn: no list is in force until a new one comes");
                _context.Events.Publish(new RevocationEvents.RevocationChanged(announce.List));
                break;
            case RevocationEffect.FetchTrustRoot fetch:
                Call(fetch.Call, c => _service.GetTrustRoot(fetch.Contact, c), shown => new RevocationInput.TrustRootShown(fetch.Call, shown));
                break;
            case RevocationEffect.Ask ask:
                _asked = ask.Contact;
                Call(
                    ask.Call,
                    c => ask.IsForDelta
                        ? _service.GetRevocationDelta(ask.Contact, ask.After, ask.ETag, ask.Wait, c)
                        : _service.GetRevocationList(ask.Contact, ask.After, ask.ETag, ask.Wait, c),
                    answer => new RevocationInput.Answered(ask.Call, answer));
                break;
            case RevocationEffect.AnswerRefresh answer:
                Answer(ToRefresh(answer.Outcome));
                break;
            case RevocationEffect.Warn warn:
                _log.Warning("{0}", warn.Detail);
                break;
            default:
                throw new InvalidOperationException($"No such effect: {effect.GetType()}");
        }
    }

    private void Answer(RevocationRefresh refresh)
    {
        _refreshers.ForEach(asker => asker.Tell(refresh));
        _refreshers.Clear();
    }

    private async Task Store(RevocationList list)
    {
        try
        {
            await _context.Workers.Run(() => _lists.Save(list));
        }
        catch (StorageException error)
        {
            _log.Warning("Revocation list {0} cannot be stored and is in force until this device stops: {1}", list.Version, error.Message);
        }
    }

    private async Task Discard()
    {
        try
        {
            await _context.Workers.Run(() =>
            {
                _lists.Discard();
                return true;
            });
        }
        catch (StorageException error)
        {
            // At the next start it is judged by the newer trust root again.
            _log.Warning("The revocation list held cannot be discarded: {0}", error.Message);
        }
    }

    private void Call<T>(int call, Func<CancellationToken, Task<ServiceAnswer<T>>> ask, Func<T, RevocationInput> toInput) =>
        _call.Make(Self, ask, toInput, failure => new RevocationInput.CallFailed(call, failure));

    private void SayStale()
    {
        if (_machine.Held is not { } held || ReferenceEquals(held, _saidStale) || !_machine.IsStaleAt(_context.Now))
            return;
        _saidStale = held;
        _log.Warning("Revocation list {0} was to be replaced by {1:u}: it is used on, and devices revoked since are not known here", held.Version, held.NextUpdate);
    }

    private RevocationView View() => _machine.Held is { } held
        ? new RevocationView(held.Version, held.IssuedAt, held.NextUpdate, _machine.IsStaleAt(_context.Now), held.Count, _machine.CheckedAt)
        : new RevocationView(0, null, null, false, 0, _machine.CheckedAt);

    private RevocationRefresh ToRefresh(RefreshOutcome outcome) => outcome switch
    {
        RefreshOutcome.Refreshed refreshed => new RevocationRefresh.Refreshed(View(), refreshed.IsNewer),
        RefreshOutcome.Unreachable unreachable => new RevocationRefresh.ServerUnreachable(unreachable.Detail),
        RefreshOutcome.Rejected rejected => new RevocationRefresh.Rejected(rejected.Detail),
        _ => new RevocationRefresh.NotRegistered(),
    };
}
