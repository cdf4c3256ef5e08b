using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.TestKit;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transport;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>One device's peers and transfers actors over a network in memory, with a real database and a real disk.</summary>
internal sealed class TransferDevice : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TestKitBase _kit;
    private readonly ITransport _transport;
    private readonly CarrierRule _carriers;
    private readonly TransferTuning _tuning;
    private readonly int _workers;
    private readonly TemporaryFolder _folder = new();
    private DeviceContext _context = null!;
    private ITransportListener _listener = null!;
    private IActorRef _peers = null!;
    private IActorRef _transfers = null!;

    public TransferDevice(TestKitBase kit, ITransport transport, DeviceIdentity identity, string? inbox = null, AcceptPolicy accept = AcceptPolicy.Own,
        CarrierRule carriers = CarrierRule.Tcp, TransferTuning? tuning = null, int workers = 2)
    {
        _workers = workers;
        (Accept, _carriers, _tuning) = (accept, carriers, tuning ?? TransferTuning.Default);
        (_kit, _transport, Identity) = (kit, transport, identity);
        Inbox = inbox ?? _folder["inbox"];
        Directory.CreateDirectory(Files);
        Start();
    }

    public DeviceIdentity Identity { get; }

    /// <summary>From the next start on.</summary>
    public AcceptPolicy Accept { get; set; }

    public ObservedDisk Disk { get; } = new();

    /// <summary>No page can be noted.</summary>
    public bool IsDatabaseFull { get; set; }

    /// <summary>Before an "order", a "state" of a transfer, a "receipt" or a "hash" is noted; it throws where there is no room.</summary>
    public Action<string> OnNote { get; set; } = _ => { };

    /// <summary>How far its clock is set forward.</summary>
    public TimeSpan ClockAhead { get; set; }

    public DeviceDatabase Database { get; private set; } = null!;

    public TestProbe Events { get; private set; } = null!;

    public string Inbox { get; }

    /// <summary>From its next start on.</summary>
    public bool AllowsOverwriting { get; set; } = true;

    /// <summary>From its next start on.</summary>
    public TransferPart Part { get; set; } = TransferPart.All;

    /// <summary>From its next start on.</summary>
    public ProvisionalRule Provisional { get; set; } = ProvisionalRule.None;

    /// <summary>Where this device has what it sends.</summary>
    public string Files => _folder["files"];

    public TransferStores Stores =>
        new(
            new TransfersWithRoom(Database.Transfers, note => OnNote(note)), new ManifestsWithRoom(Database.Manifests, () => !IsDatabaseFull), Database.Chunks,
            Database.Outcomes, new ReceiptsWithRoom(Database.Receipts, () => OnNote("receipt")), new HashesWithRoom(Database.Hashes, () => OnNote("hash")), Database.Contents);

    public DeviceContext Context => _context;

    /// <summary>Where it listens, or did.</summary>
    public IPEndPoint Address => _listener.LocalEndPoint;

    public string DatabaseFile => _folder["device.db"];

    public ActorPath TransfersPath => _transfers.Path;

    /// <summary>Transfers that are being worked on.</summary>
    public int Sessions => ((ActorRefWithCell)_transfers).Children.Count();

    /// <summary>As a process that starts on what an earlier one left.</summary>
    /// <param name="before">what is done before it goes on with anything, and looks for its senders</param>
    public void Start(Action? before = null)
    {
        Database = DeviceDatabase.Open(DatabaseFile);
        before?.Invoke();
        _context = new DeviceContext(new Clock(this), new SystemRandom(), new Workers(_workers), _transport, new DeviceEventBus())
        {
            Carriers = _carriers,
            TransferTuning = _tuning,
            CarrierTuning = new CarrierTuning { LookEvery = TimeSpan.FromMilliseconds(20) },
        };
        _listener = _transport.Listen(new IPEndPoint(IPAddress.Any, 0));
        Events = _kit.CreateTestProbe();
        _context.Events.Subscribe<TransferEvents.TransferChanged>(Events.Ref);
        _peers = _kit.Sys.ActorOf(PeersActor.Props(_context, Database.Peers, _listener));
        var transfers = TransfersActor.Props(
            _context, Stores, Disk, Database.Peers, _peers,
            new ReceivingPolicy(Accept, Inbox, Database.AcceptRules) { AllowsOverwriting = AllowsOverwriting, Provisional = Provisional }, part: Part);
        _transfers = _kit.CreateTestProbe().ChildActorOf(transfers, new OneForOneStrategy(_ => Directive.Restart));
        // Started once they answer: then they have subscribed.
        _peers.Ask<ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), Deadline).Wait();
        _transfers.Ask<ImmutableArray<TransferView>>(new TransferQueries.GetTransfers(), Deadline).Wait();
        _peers.Tell(new PeerCommands.Start());
        _context.Events.Publish(new RegistrationEvents.Certified(Identity));
    }

    /// <summary>What works on transfers fails, and starts anew on the links that are there.</summary>
    public void FailTransfers() => _transfers.Tell(Kill.Instance);

    /// <summary>Ends without a word on any transfer, and what is under way is lost.</summary>
    public async Task KillAsync()
    {
        _listener.Dispose();
        await _transfers.GracefulStop(Deadline);
        await _peers.GracefulStop(Deadline);
        Database.Dispose();
    }

    public void See(TransferDevice other) => _context.Events.Publish(new DiscoveryEvents.PeerSighted(new PeerSighting(
        other.Identity.DeviceId, other.Identity.Certificate.Name, other.Identity.Key.PublicKey.ShortFingerprint,
        new PeerPlace("there.local", other._listener.LocalEndPoint.Port, [At(other._listener.LocalEndPoint.Address)]), FoundBy.Mdns, TimeSpan.Zero)));

    public void Change(ReceivingRule rule) => _transfers.Tell(new TransferCommands.ChangeReceiving(rule));

    /// <summary>For a device that was not seen: the answer as it comes.</summary>
    public Task<SendStart> OrderAsync(TransferDevice to, string name) => _transfers.Ask<SendStart>(
        new TransferCommands.SendFiles([Path.Combine(Files, name)], new SendTarget.Device(to.Identity.DeviceId)), Deadline);

    public Task<TransferId> SendAsync(TransferDevice to, params string[] names) => SendAsync(to, ConflictPolicy.Rename, names);

    public async Task<TransferId> SendAsync(TransferDevice to, ConflictPolicy conflict, params string[] names)
    {
        See(to);
        var order = new TransferCommands.SendFiles([.. names.Select(n => Path.Combine(Files, n))], new SendTarget.Device(to.Identity.DeviceId)) { Conflict = conflict };
        return Assert.IsType<SendStart.Started>(await _transfers.Ask<SendStart>(order, Deadline)).Id;
    }

    public async Task<TransferId> SendTextAsync(TransferDevice to, string name)
    {
        See(to);
        var order = new TransferCommands.SendFiles([Path.Combine(Files, name)], new SendTarget.Device(to.Identity.DeviceId)) { IsText = true };
        return Assert.IsType<SendStart.Started>(await _transfers.Ask<SendStart>(order, Deadline)).Id;
    }

    public Task<TransferView> EndsAsync(TransferId id) => SeesAsync(id, v => v.IsEnded);

    public async Task<TransferView> SeesAnyAsync(Func<TransferView, bool> what) =>
        (await Events.FishForMessageAsync<TransferEvents.TransferChanged>(m => what(m.Transfer), Deadline)).Transfer;

    public async Task<TransferView> SeesAsync(TransferId id, Func<TransferView, bool> what) =>
        (await Events.FishForMessageAsync<TransferEvents.TransferChanged>(m => m.Transfer.Id == id && what(m.Transfer), Deadline)).Transfer;

    public async Task<ImmutableArray<TransferView>> TransfersAsync() =>
        await _transfers.Ask<ImmutableArray<TransferView>>(new TransferQueries.GetTransfers(), Deadline);

    public async Task<FilesProgress?> FilesAsync(TransferId id) =>
        (await _transfers.Ask<FilesAnswer>(new TransferQueries.GetFiles(id, new FilesAsked(0, FilesProgress.Most)), Deadline)).Files;

    public async Task<ReceiptAnswer> ReceiptAsync(TransferId id) => await _transfers.Ask<ReceiptAnswer>(new TransferQueries.GetReceipt(id), Deadline);

    public async Task<TransferView?> CancelAsync(TransferId id) =>
        (await _transfers.Ask<Device.Transfers.TransferAnswer>(new TransferCommands.CancelTransfer(id), Deadline)).Transfer;

    public async Task<OfferAnswered> AnswerAsync(TransferId id, bool isAccepted, string? saveTo = null) =>
        await _transfers.Ask<OfferAnswered>(new TransferCommands.AnswerOffer(id, isAccepted) { SaveTo = saveTo }, Deadline);

    public async Task<TransferView> PauseAsync(TransferId id, bool isPaused) =>
        (await _transfers.Ask<Device.Transfers.TransferAnswer>(new TransferCommands.PauseTransfer(id, isPaused), Deadline)).Transfer!;

    /// <summary>Of the same size and seed, the same content.</summary>
    public byte[] Write(string name, int bytes, int seed = 0)
    {
        var content = new Random(bytes + seed).NextBytes(bytes);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Files, name))!);
        File.WriteAllBytes(Path.Combine(Files, name), content);
        return content;
    }

    // A listener at all addresses of this host.
    private static IPAddress At(IPAddress address) => address.Equals(IPAddress.Any) ? IPAddress.Loopback : address;

    public byte[] Arrived(string name) => File.ReadAllBytes(Path.Combine(Inbox, name));

    public void Dispose()
    {
        _listener.Dispose();
        Database.Dispose();
        _folder.Dispose();
    }

    private sealed class Clock(TransferDevice device) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + device.ClockAhead;
    }
}

internal static class RandomBytes
{
    internal static byte[] NextBytes(this Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
