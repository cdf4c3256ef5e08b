using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Revocation;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Keys;
using OpenShare.Device.Views;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration;

/// <summary>
/// Carries out what the <see cref="RegistrationMachine"/> decides. The mailbox waits while something is being stored:
/// the next step is taken only once it is on disk.
/// </summary>
internal sealed partial class RegistrationActor : ReceiveActor, IWithTimers, IWithStash
{
    private sealed record Loaded(RegistrationHome Home) : INoSerializationVerificationNeeded;

    private sealed record LoadFailed(Exception Error);

    private sealed record Tick;

    // Timers go by the time that passes, what is due by the clock: when that is set, it is noticed soon.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMinutes(5);

    private readonly DeviceContext _context;
    private readonly string _defaultName;
    private readonly IKeyStore _keys;
    private readonly IRegistrationStore _store;
    private readonly IRegistrationService _service;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LatestCall _call = new();
    private RegistrationMachine _machine = null!;
    private Protocol.Identity.SigningKey _key = null!;
    private RegistrationState? _told;
    private string? _unstored;

    /// <param name="defaultName">the device's name where an order gives none</param>
    public RegistrationActor(DeviceContext context, string defaultName, IKeyStore keys, IRegistrationStore store, IRegistrationService service)
    {
        (_context, _defaultName, _keys, _store, _service) = (context, defaultName, keys, store, service);
        Become(Loading);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    /// <param name="defaultName">the device's name where an order gives none</param>
    public static Props Props(DeviceContext context, string defaultName, IKeyStore keys, IRegistrationStore store, IRegistrationService service) =>
        Akka.Actor.Props.Create(() => new RegistrationActor(context, defaultName, keys, store, service));

    protected override void PreStart()
    {
        // What others verify raises the floor of time, which is kept here.
        _context.Events.Subscribe<RevocationEvents.RevocationChanged>(Self);
        _context.Events.Subscribe<PeerEvents.PeerProven>(Self);
        _context.Events.Subscribe<RegistrationEvents.TrustRootOffered>(Self);
        _context.Events.Subscribe<PeerEvents.DiscoveryKeyOffered>(Self);
        _context.Workers.Run(() => RegistrationHome.Load(_keys, _store, _context.Random))
            .PipeTo(Self, success: home => new Loaded(home), failure: error => new LoadFailed(error));
    }

    protected override void PostStop()
    {
        _context.Events.Unsubscribe(Self);
        _call.Dispose();
        _keyCall.Dispose();
    }

    private void Loading()
    {
        Receive<Loaded>(OnLoaded);
        Receive<LoadFailed>(m =>
        {
            _log.Error("This device's registration cannot be read: {0}", m.Error.Message);
            Become(() => Unusable(m.Error));
            Stash.UnstashAll();
        });
        ReceiveAny(_ => Stash.Stash());
    }

    private void Unusable(Exception error)
    {
        Receive<IDeviceEvent>(_ => { });
        ReceiveAny(_ => Sender.Tell(new Status.Failure(error)));
    }

    private void Ready()
    {
        ReceiveAsync<RegistrationCommands.Register>(OnRegister);
        ReceiveAsync<RegistrationCommands.HoldPaired>(OnPaired);
        Receive<RegistrationCommands.GetRegistration>(_ => Sender.Tell(Snapshot()));
        ReceiveAsync<RegistrationInput>(input => CarryOut(_machine.Handle(input, _context.Now)));
        ReceiveAsync<RevocationEvents.RevocationChanged>(OnRevocationChanged);
        ReceiveAsync<RegistrationEvents.TrustRootOffered>(m => CarryOut(_machine.Handle(new RegistrationInput.TrustRootOffered(m.Links), _context.Now)));
        ReceiveAsync<PeerEvents.PeerProven>(m => Verified(m.Certificate.VouchedAt));
        ReceiveAsync<Tick>(_ => CarryOut(_machine.HandleTimeout(_context.Now)));
        ReceiveDiscoveryKeys();
        // A call that throws is a surprise: the supervisor starts this anew, from what is on disk.
        Receive<Status.Failure>(m => throw new InvalidOperationException("A call to the registration service failed in a way that none should.", m.Cause));
    }

    private void OnLoaded(Loaded loaded)
    {
        _key = loaded.Home.Key;
        _machine = new RegistrationMachine(_key, ThisProgram.Platform, _context.Random, loaded.Home.Floor);
        _keyMachine = new DiscoveryKeyMachine(_key, _context.Random);
        if (loaded.Home.Held is { } held)
            _machine.Hold(held);
        // Before the certificate: whoever judges by the one has the other.
        _context.Events.Publish(new RegistrationEvents.TimeFloorRaised(_machine.Floor));
        if (_machine.Held is not null)
            _context.Events.Publish(new RegistrationEvents.Certified(Identity(_machine.Held)));
        if (loaded.Home is { Pending: { } plan, Course: { } course })
        {
            _log.Info("Going on with the registration at {0}", plan.Server);
            _machine.Resume(plan, course, _context.Now);
        }
        Become(Ready);
        AfterStep();
        Stash.UnstashAll();
    }

    private async Task OnRevocationChanged(RevocationEvents.RevocationChanged changed)
    {
        if (changed.List is not { } list)
            return;
        await Verified(list.IssuedAt);
        await CarryOut(_keyMachine.Handle(new DiscoveryKeyInput.ListInForce(list), _context.Now));
    }

    private Task Verified(DateTimeOffset issuedAt) => CarryOut(_machine.Handle(new RegistrationInput.TimeVerified(issuedAt), _context.Now));

    private async Task OnRegister(RegistrationCommands.Register command)
    {
        var asker = Sender;
        if (_machine.IsRegisteredAt(_context.Now))
        {
            asker.Tell(new RegistrationStart.AlreadyRegistered());
            return;
        }
        var order = command.Order;
        var plan = new RegistrationPlan(order.Server, order.Credential, ServerTrustText.Write(order.ServerTrust), order.Name ?? _defaultName);
        await CarryOut(_machine.Begin(plan, _context.Now));
        asker.Tell(new RegistrationStart.Begun());
    }

    private async Task OnPaired(RegistrationCommands.HoldPaired command)
    {
        var asker = Sender;
        await CarryOut(_machine.Handle(new RegistrationInput.Paired(command.Held), _context.Now));
        asker.Tell(new RegistrationCommands.PairedStored(
            _machine.Held == command.Held ? null
            : _machine.IsRegisteredAt(_context.Now) ? "This device is registered by now."
            : _unstored ?? "It cannot be stored."));
        _unstored = null;
    }

    private async Task CarryOut(IReadOnlyList<RegistrationEffect> effects)
    {
        await CarryOutAll(effects);
        // Once, when all is done: a timer that is set again forgets a tick that is on its way.
        AfterStep();
    }

    private async Task CarryOutAll(IReadOnlyList<RegistrationEffect> effects)
    {
        foreach (var effect in effects)
        {
            if (await CarryOut(effect) is { } input)
                await CarryOutAll(_machine.Handle(input, _context.Now));
        }
    }

    /// <returns>what the machine is to be told of it at once</returns>
    private async Task<RegistrationInput?> CarryOut(RegistrationEffect effect)
    {
        switch (effect)
        {
            case RegistrationEffect.StorePlan store:
                return await Stored(() => _store.SavePending(RegistrationHome.ToPending(store.Plan, store.Course)), new RegistrationInput.PlanStored());
            case RegistrationEffect.ForgetPlan:
                await Stored(_store.ClearPending, new RegistrationInput.PlanStored());
                return null;
            case RegistrationEffect.StoreRegistration store:
                return await Stored(() => _store.Save(RegistrationHome.ToRecord(store.Held)), new RegistrationInput.RegistrationStored());
            case RegistrationEffect.StoreTrust store:
                _log.Info("The organisation's keys are those of version {0}, of {1:u}", store.Trust.Newest.Version, store.Trust.Newest.IssuedAt);
                await Stored(() => _store.SaveTrust(store.Trust), new RegistrationInput.RegistrationStored());
                return null;
            case RegistrationEffect.StoreDiscoveryKeys store:
                _log.Info("From now on this device is announced under {0}", store.Keys);
                await Stored(() => _store.SaveDiscoveryKeys(store.Keys), new RegistrationInput.RegistrationStored());
                return null;
            case RegistrationEffect.Warn warn:
                _log.Warning("{0}", warn.Detail);
                return null;
            case RegistrationEffect.RaiseFloor raise:
                await Stored(() => _store.RaiseTimeFloor(raise.Floor.IssuedAt), new RegistrationInput.RegistrationStored());
                _context.Events.Publish(new RegistrationEvents.TimeFloorRaised(raise.Floor));
                return null;
            case RegistrationEffect.Announce announce:
                _log.Info("Certified: {0}, until {1:u}", announce.Held.Issued, announce.Held.Issued.Certificate.ExpiresAt);
                _context.Events.Publish(new RegistrationEvents.Certified(Identity(announce.Held)));
                return null;
            case RegistrationEffect.FetchTrustRoot fetch:
                Call(fetch.Call, c => _service.GetTrustRoot(fetch.Contact, c), shown => new RegistrationInput.TrustRootShown(fetch.Call, shown));
                return null;
            case RegistrationEffect.AskChallenge ask:
                Call(ask.Call, c => _service.GetChallenge(ask.Contact, c), challenge => new RegistrationInput.Challenged(ask.Call, challenge));
                return null;
            case RegistrationEffect.SendRegistration send:
                Call(send.Call, c => _service.Register(send.Contact, send.Request, send.Credential, c), issued => new RegistrationInput.Issued(send.Call, issued));
                return null;
            case RegistrationEffect.SendPromotion send:
                Call(send.Call, c => _service.Promote(send.Contact, send.Request, c), issued => new RegistrationInput.Issued(send.Call, issued));
                return null;
            case RegistrationEffect.SendRenewal send:
                Call(send.Call, c => _service.Renew(send.Contact, send.Request, c), issued => new RegistrationInput.Issued(send.Call, issued));
                return null;
            default:
                throw new InvalidOperationException($"No such effect: {effect.GetType()}");
        }
    }

    private async Task<RegistrationInput> Stored(Action store, RegistrationInput done)
    {
        try
        {
            return await _context.Workers.Run(() =>
            {
                store();
                return done;
            });
        }
        catch (StorageException error)
        {
            _log.Warning("The registration cannot be stored: {0}", error.Message);
            _unstored = error.Message;
            return new RegistrationInput.NotStored(error.Message);
        }
    }

    private void Call<T>(int call, Func<CancellationToken, Task<ServiceAnswer<T>>> ask, Func<T, RegistrationInput> toInput) =>
        _call.Make(Self, ask, toInput, failure => new RegistrationInput.CallFailed(call, failure));

    private void AfterStep()
    {
        Await(nameof(Tick), new Tick(), _machine.NextTimeout);
        var state = State();
        if (state == _told)
            return;
        _told = state;
        _context.Events.Publish(new RegistrationEvents.RegistrationChanged(state));
        if (state is RegistrationState.Refused refused)
            _log.Warning("The registration was refused ({0}): {1}", refused.Reason, refused.Detail);
        else if (state is RegistrationState.Underway { LastProblem: { } problem, NextAttemptAt: { } at })
            _log.Info("The registration goes on at {0:u}: {1}", at, problem);
        else if (state is RegistrationState.Provisional { AwaitsAdministrator: true, LastProblem: { } waits, NextAttemptAt: { } next })
            _log.Info("This device is asked about again at {0:u}: {1}", next, waits);
    }

    private void Await(string name, object tick, DateTimeOffset? next)
    {
        if (next is { } due)
        {
            var wait = due - _context.Now;
            Timers.StartSingleTimer(name, tick, wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestTimer ? wait : LongestTimer);
        }
        else
        {
            Timers.Cancel(name);
        }
    }

    private RegistrationState State() => _machine.Status switch
    {
        RegistrationStatus.Underway s => new RegistrationState.Underway(s.Server, s.Attempts, s.LastProblem, s.NextAttemptAt),
        RegistrationStatus.Provisional s => new RegistrationState.Provisional(s.Server, s.Attempts, s.LastProblem, s.NextAttemptAt, s.AwaitsAdministrator),
        RegistrationStatus.Certified s => new RegistrationState.Certified(s.Server),
        RegistrationStatus.Refused s => new RegistrationState.Refused(s.Reason, s.Detail),
        _ => new RegistrationState.Unregistered(),
    };

    private DeviceIdentity Identity(HeldRegistration held) =>
        new(_key, held.Issued.Certificate, held.Issued.Trust, held.Issued.DiscoveryKeys, held.Server) { ServerTrust = held.ServerTrust };

    private RegistrationSnapshot Snapshot() => new(
        Protocol.Identity.DeviceId.FromPublicKey(_key.PublicKey.Bytes), State(), _machine.Held is { } held ? Identity(held) : null, _machine.Floor, _keys.Protection) { Key = _key };
}
