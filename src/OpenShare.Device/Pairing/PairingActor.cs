using Akka.Actor;
using Akka.Event;
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
        Receive<RegistrationEvents.Certified>(m => _identity = m.Identity);
        Receive<RevocationEvents.RevocationChanged>(m => _revoked = m.List);
        Receive<RegistrationEvents.TimeFloorRaised>(m => _floor = _floor.Raise(m.Floor.IssuedAt));
        ReceiveSponsoring();
        ReceiveWithdrawals();
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
        _context.Events.Subscribe<PeerEvents.PairingOpened>(Self);
        _context.Events.Subscribe<PeerEvents.WithdrawalsOffered>(Self);
    }

    protected override void PostStop()
    {
        _context.Events.Unsubscribe(Self);
        foreach (var visit in _visits.Values)
            visit.Stream.Dispose();
        _join?.Stream?.Dispose();
    }

    // Of whom it trusts, and what has expired.
    private DateTimeOffset Now => _floor.At(_context.Now);
}
