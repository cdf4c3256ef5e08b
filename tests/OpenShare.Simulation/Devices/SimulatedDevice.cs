using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Tests.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transfers;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Simulation.Disk;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Service;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Devices;

/// <summary>
/// A machine with a device on it. Its disk, key and database outlive the processes that run on it, each of which is
/// the whole production device. What may be called between any two entries of the queue: all of this.
/// </summary>
public sealed partial class SimulatedDevice : IDisposable
{
    private readonly World _world;
    private readonly Random _chance;
    private readonly HashSet<DeviceId> _sighted = [];
    private readonly SimulatedDatabase _database;
    private DeviceProcess? _process;
    private TimeSpan? _lostPowerAt;
    private int _runs;

    /// <param name="losesPower">whether it may be taken the power: that costs a copy of its database now and then</param>
    internal SimulatedDevice(World world, SimulatedHost host, int seed, bool losesPower)
    {
        (_world, Host, Seed, SaveTo) = (world, host, seed, $"/home/{host.Name}/received");
        (_chance, Clock, _database) = (new Random(seed), new MachineClock(world.Queue), new SimulatedDatabase(world.EmptyDatabase, losesPower));
        Disk = new SimulatedDisk(new DiskClock(Clock), seed);
        Disk.MakeDirectory($"/home/{host.Name}");
        ServiceLine = new ServiceLine(world.Queue, world.Service, world.Trace, Name, bytes => world.OnMessage(this, bytes));
    }

    public string Name => Host.Name;

    public SimulatedHost Host { get; }

    public SimulatedDisk Disk { get; }

    /// <summary>Where what it receives goes.</summary>
    public string SaveTo { get; }

    public MachineClock Clock { get; }

    /// <summary>From the next start on.</summary>
    public AcceptPolicy Accept { get; set; } = AcceptPolicy.Own;

    /// <summary>How many jobs of disk and hashing work run at once, from the next start on.</summary>
    public int WorkerLimit { get; set; } = 4;

    /// <summary>How often as long as usual disk and hashing work takes.</summary>
    public double WorkFactor { get; set; } = 1;

    /// <summary>False: it cannot reach the registration service.</summary>
    public bool ReachesService
    {
        get => ServiceLine.IsUp;
        set => ServiceLine.IsUp = value;
    }

    public bool IsRunning => _process is not null;

    /// <exception cref="InvalidOperationException">it has no key yet</exception>
    public DeviceId Id => Identity?.DeviceId
        ?? (Keys.Load() is { } key ? DeviceId.FromPublicKey(key.PublicKey.Bytes) : throw new InvalidOperationException($"{Name} has no key yet."));

    /// <summary>Where its registration stands, as its user last saw it.</summary>
    public RegistrationState Registration { get; private set; } = new RegistrationState.Unregistered();

    /// <summary>The version of the revocation list that was in force there last.</summary>
    public ulong RevocationVersion { get; private set; }

    /// <summary>The version of the account's discovery key that it went by last.</summary>
    public uint DiscoveryKeyVersion => Identity?.DiscoveryKeys.Version ?? 0;

    /// <summary>What its user last saw of its transfers, by id.</summary>
    public ImmutableDictionary<string, TransferView> Transfers { get; private set; } = ImmutableDictionary<string, TransferView>.Empty;

    internal int Seed { get; }

    internal MemoryKeyStore Keys { get; } = new();

    /// <summary>What the process that runs, or ran last, sees of its database.</summary>
    internal DeviceDatabase Database { get; private set; } = null!;

    internal int OpenConnections => Host.Process.Connections;

    internal int PowerLosses { get; private set; }

    internal ServiceLine ServiceLine { get; }

    internal DeviceIdentity? Identity { get; private set; }

    /// <summary>Starts its process, from what is on its disk.</summary>
    /// <exception cref="InvalidOperationException">it runs</exception>
    public void Start()
    {
        if (IsRunning)
            throw new InvalidOperationException($"{Name} runs already.");
        Host.PowerOn();
        _sighted.Clear();
        var number = ++_runs;
        Note($"starts, run {number}");
        _process = new DeviceProcess(_world, this, number, Observe, () => Ended(number));
        _world.OnStarted(this);
    }

    /// <summary>Its process dies, as by kill -9. Nothing where none runs.</summary>
    public void Kill()
    {
        if (_process is null)
            return;
        Note("is killed");
        EndProcess();
        Host.Kill();
    }

    /// <summary>Its machine goes dark. Of what was committed and not yet durable all or nothing is lost, as the seed decides.</summary>
    public void PowerLoss() => PowerLoss(keeps: _chance.Next(2) == 0);

    /// <summary>Its machine goes dark.</summary>
    /// <param name="keeps">nothing that was committed is lost; false: all that was not durable is</param>
    public void PowerLoss(bool keeps)
    {
        Note(keeps ? "loses power, and nothing else" : "loses power, and what was not durable");
        EndProcess();
        Host.PowerOff();
        Disk.PowerLoss(_chance);
        _database.LosePower(keeps);
        (_lostPowerAt, PowerLosses) = (_world.Elapsed, PowerLosses + 1);
    }

    /// <summary>Its disk is pulled out while its process runs; its database is on another.</summary>
    public void PullDisk()
    {
        Note("has its disk pulled out");
        Disk.Pull(_chance);
        (_lostPowerAt, PowerLosses) = (_world.Elapsed, PowerLosses + 1);
    }

    /// <summary>Starts it anew, after it was killed where it ran.</summary>
    public void Restart()
    {
        Kill();
        Start();
    }

    /// <summary>As its user would: stops it in good order, which takes a while. It runs no more when that is done.</summary>
    public void Stop()
    {
        Note("stops");
        Running.Tell(new DeviceActor.Stop());
    }

    /// <summary>As its user would: begins to register.</summary>
    public void Register(RegistrationTokenText token) => Running.Tell(new RegistrationCommands.Register(
        new RegistrationOrder(SimulatedService.Address, token, new ServerTrust.ByToken(), Name)));

    /// <summary>As its user would: begins to send.</summary>
    /// <param name="begun">told the transfer's id</param>
    internal void Send(SimulatedDevice to, Action<string> begun, params string[] paths) =>
        Running.Tell(new ProcessRoot.Order(new TransferCommands.SendFiles([.. paths], new SendTarget.Device(to.Id)), answer =>
        {
            if (answer is SendStart.Started started)
                begun(started.Id.ToString());
        }));

    /// <summary>As its user would: begins to send.</summary>
    public void Send(SimulatedDevice to, params string[] paths) => Send(to, _ => { }, paths);

    /// <summary>As its user would: begins to send to whoever answers at another's address.</summary>
    public void SendToAddressOf(SimulatedDevice to, params string[] paths) =>
        Running.Tell(new TransferCommands.SendFiles([.. paths], new SendTarget.Address(new IPEndPoint(to.Host.Address, DeviceProcess.Port))));

    /// <summary>As its user would: has a transfer wait, or lets it go on.</summary>
    internal void Pause(TransferId transfer, bool isPaused) => Running.Tell(new TransferCommands.PauseTransfer(transfer, isPaused));

    /// <summary>As its user would: ends a transfer for good.</summary>
    internal void Cancel(TransferId transfer) => Running.Tell(new TransferCommands.CancelTransfer(transfer));

    /// <summary>As its user would: takes what is offered, or does not.</summary>
    internal void Answer(TransferId transfer, bool isAccepted) => Running.Tell(new TransferCommands.AnswerOffer(transfer, isAccepted));

    /// <summary>As its user would: looks at the list of devices.</summary>
    public void LookAtPeers() => Running.Tell(new PeerQueries.GetPeers());

    public bool Sees(SimulatedDevice other) => _sighted.Contains(other.Id);

    public void Dispose() => _database.Dispose();

    internal bool LostPowerWithin(TimeSpan time) => _lostPowerAt is { } at && _world.Elapsed - at <= time;

    internal void CloseDatabase() => _database.Close();

    internal DeviceDatabase OpenDatabase()
    {
        Database = _database.Open();
        Recall(Database.Transfers);
        return Database;
    }

    // One that ended in the moment before its process died was not told of: its history has it.
    private void Recall(ITransferStore history)
    {
        foreach (var (id, view) in Transfers.Where(t => !t.Value.IsEnded))
        {
            if (history.Find(view.Id) is { Transfer: { IsOver: true } kept })
                Transfers = Transfers.SetItem(id, view with { State = kept.State });
        }
    }

    /// <summary>Key and database of another machine, as a thief of a backup would have them.</summary>
    internal void CopyHomeOf(SimulatedDevice other)
    {
        Keys.Save(other.Keys.Load()!);
        _database.CopyOf(other._database);
        Identity = other.Identity;
    }

    /// <summary>Registers it before it is started for the first time.</summary>
    internal void Enroll(RegistrationTokenText token)
    {
        var key = SigningKey.Create(new SeededRandom(HashSeed.Of(Seed, 0)));
        var held = _world.Service.Enroll(key.PublicKey, Name, token);
        Keys.Save(key);
        _database.Enroll(RegistrationHome.ToRecord(held));
        Identity = new DeviceIdentity(key, held.Issued.Certificate, held.Issued.Trust, held.Issued.DiscoveryKeys, held.Server);
    }

    internal DeviceProcess? Process => _process;

    private void EndProcess()
    {
        _process?.Die();
        _process = null;
        Disk.Unmount();
        _database.Close();
    }

    private DeviceProcess Running => _process ?? throw new InvalidOperationException($"{Name} does not run.");

    private void Note(string what) => _world.Trace.Add(Name, what);

    private void Ended(int number)
    {
        if (number != _runs || _process is null)
            return;
        Note("has ended");
        EndProcess();
        Host.Kill();
    }

    private void Observe(IDeviceEvent deviceEvent)
    {
        Follow(deviceEvent);
        _world.OnEvent(this, deviceEvent);
    }

    private void Follow(IDeviceEvent deviceEvent)
    {
        switch (deviceEvent)
        {
            case RegistrationEvents.RegistrationChanged { State: var state }:
                Registration = state;
                break;
            case RegistrationEvents.Certified { Identity: var identity }:
                Identity = identity;
                break;
            case RevocationEvents.RevocationChanged { List: var list }:
                RevocationVersion = list?.Version ?? 0;
                break;
            case TransferEvents.TransferChanged { Transfer: var transfer }:
                Transfers = Transfers.SetItem(transfer.Id.ToString(), transfer);
                break;
            case DiscoveryEvents.PeerSighted { Sighting: var sighting }:
                _sighted.Add(sighting.DeviceId);
                break;
            case DiscoveryEvents.PeerLost lost:
                _sighted.Remove(lost.DeviceId);
                break;
        }
    }
}
