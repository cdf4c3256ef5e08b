using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Pairing;

/// <summary>
/// Pairing a new device with no server in reach: carries out what the <see cref="SponsorMachine"/> decides where this
/// device pairs another, and what the <see cref="JoinMachine"/> decides where it is paired itself. The mailbox waits while
/// something is being stored: the next step is taken only once it is on disk.
/// </summary>
internal sealed partial class PairingActor : ReceiveActor, IWithTimers
{
    private readonly DeviceContext _context;
    private readonly DeviceDatabase _database;
    private readonly string _name;
    private readonly int _port;
    private readonly IActorRef _registration;
    private readonly Comparisons _comparisons;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private DeviceIdentity? _identity;
    private RevocationList? _revoked;
    private TimeFloor _floor = TimeFloor.None;

    /// <param name="name">that this device has where it has no certificate</param>
    /// <param name="port">where it is reached; 0: nowhere</param>
    public PairingActor(DeviceContext context, DeviceDatabase database, string name, int port, IActorRef registration)
    {
        (_context, _database, _name, _port, _registration) = (context, database, name, port, registration);
        _machine = new SponsorMachine(context.Random);
        _comparisons = new Comparisons(context.Random);
        Receive<RegistrationEvents.Certified>(m => { _identity = m.Identity; StopShowing(); });
        Receive<RevocationEvents.RevocationChanged>(m => _revoked = m.List);
        Receive<RegistrationEvents.TimeFloorRaised>(m => _floor = _floor.Raise(m.Floor.IssuedAt));
        ReceiveSponsoring();
        ReceiveWithdrawals();
        ReceiveFinding();
        ReceiveShowing();
        ReceiveAsync<PairingCommands.Compare>(OnCompare);
        Receive<PeerEvents.PairingOpened>(OnOpened);
        ReceiveJoining();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc cref="PairingActor(DeviceContext, DeviceDatabase, string, int, IActorRef)"/>
    internal static Props Props(DeviceContext context, DeviceDatabase database, string name, int port, IActorRef registration) =>
        Akka.Actor.Props.Create(() => new PairingActor(context, database, name, port, registration));

    /// <summary>What is on disk of whom this device has invited, and what was taken back.</summary>
    internal static PairingEvents.StandingChanged Standing(IPairingStore store) => new(store.Invited(), store.Withdrawals());

    // A dial is a few lines over a machine: that one fails is a surprise, and pairing begins anew.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PreStart()
    {
        _context.Events.Subscribe<RegistrationEvents.Certified>(Self);
        _context.Events.Subscribe<RevocationEvents.RevocationChanged>(Self);
        _context.Events.Subscribe<RegistrationEvents.TimeFloorRaised>(Self);
        _context.Events.Subscribe<DiscoveryEvents.UnpairedChanged>(Self);
        _context.Events.Subscribe<PeerEvents.PairingOpened>(Self);
        _context.Events.Subscribe<PeerEvents.WithdrawalsOffered>(Self);
    }

    protected override void PostStop()
    {
        _context.Events.Unsubscribe(Self);
        foreach (var visit in _visits.Values)
            visit.Line.Dispose();
        _join?.Line?.Dispose();
        _context.Events.Publish(new PairingEvents.ComparisonsChanged([]));
        _context.Events.Publish(new PairingEvents.ShowingChanged(null));
    }

    // Who shows itself has no certificate, and pairs nobody.
    private void OnOpened(PeerEvents.PairingOpened opened)
    {
        var line = new PairingLine(opened.Stream, opened.Session);
        if (_shownUntil is not null)
            HearOffer(opened.Introduction, opened.Remote, line);
        else
            Receive(opened.Introduction, opened.Remote, line);
    }

    private async Task OnCompare(PairingCommands.Compare compare)
    {
        var isKnown = _comparisons.Has(compare.Comparison);
        Sender.Tell(new PairingCommands.ComparisonTaken(isKnown));
        if (!isKnown)
            return;
        if (_join?.Comparison == compare.Comparison)
            await Handle(new JoinInput.Compared(compare.IsSame));
        else if (_visits.FirstOrDefault(v => v.Value.Comparison == compare.Comparison) is { Value: not null } visit)
            await Handle(new SponsorInput.Compared(visit.Key, compare.IsSame));
    }

    private int Compare(bool isSponsor, DeviceCertificate peer, ShortCode code, bool isAsked)
    {
        var number = _comparisons.Open(n => new Comparison(n, isSponsor, peer, code, isAsked, _context.Now + JoinMachine.PersonDeadline, new ComparisonState.Open()));
        _context.Events.Publish(new PairingEvents.ComparisonsChanged(_comparisons.All));
        return number;
    }

    private void EndComparison(int? number, ComparisonState state)
    {
        if (number is not { } open || !_comparisons.Has(open))
            return;
        _comparisons.End(open, state);
        _context.Events.Publish(new PairingEvents.ComparisonsChanged(_comparisons.All));
    }

    // Of whom it trusts, and what has expired.
    private DateTimeOffset Now => _floor.At(_context.Now);
}
