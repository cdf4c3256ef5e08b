using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using Akka.Actor;
using Akka.Hosting;
using OpenShare.Device.Discovery.Doctor;
using OpenShare.Device.Discovery.Udp;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Registration.Http;
using OpenShare.Device.Revocation;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Keys;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transport;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Hosting;

/// <summary>A real device: its actors on real adapters, asked from outside with a time limit.</summary>
public sealed partial class OpenShareDevice : IDevice
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const string EndsSoon = "This device's certificate ends soon and could not be renewed: the registration service must be reached before, or other devices refuse it.";

    private readonly IActorRef _device;
    private readonly IActorRef _watcher;
    private readonly DeviceAdapters _adapters;
    private readonly HttpRegistrationService _service;
    private readonly ChangeCounter _changes;
    private readonly TransferEndings _endings;
    private readonly DeviceWarnings _warnings;
    private readonly DeviceOptions _options;
    private readonly TaskCompletionSource _ended;
    private readonly Examination _doctor;
    private int _stopped;

    private OpenShareDevice(
        DevicesActor.DeviceStarted started, DeviceOptions options, DeviceAdapters adapters, HttpRegistrationService service, Examination doctor, Watching watching)
    {
        (_device, _watcher) = (started.Device, started.Observer);
        (_options, _adapters, _service, _doctor) = (options, adapters, service, doctor);
        (_changes, _endings, _warnings, _ended) = watching;
        _watcher.Tell(new DeviceWatcherActor.Watch(_device));
    }

    public Task Ended => _ended.Task;

    /// <inheritdoc cref="StartDevice"/>
    public static async Task<IDevice> StartAsync(ActorSystem system, DeviceOptions options, CancellationToken cancellation)
    {
        var devices = await ActorRegistry.For(system).GetAsync<DevicesActor>(cancellation).ConfigureAwait(false);
        DeviceAdapters adapters;
        HttpRegistrationService service;
        ListeningFacts listening;
        try
        {
            (adapters, service, listening) = Open(options);
        }
        catch (Exception error) when (error is StorageException or TransportException)
        {
            throw new DeviceStartException(error.Message, error);
        }
        var watching = new Watching(
            new ChangeCounter(), new TransferEndings(), new DeviceWarnings(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var settings = new DeviceSettings(options.Name, options.AdvertisedPort, options.Interfaces, options.Accept, options.SaveTo)
        {
            AllowsOverwriting = options.AllowsOverwriting,
            Provisional = options.Provisional,
            Part = options.Reach switch
            {
                DeviceReach.Network => TransferPart.All,
                DeviceReach.Sending => TransferPart.Sending,
                _ => TransferPart.None,
            },
        };
        var observer = DeviceWatcherActor.Props(adapters.Context.Events, watching.Changes, watching.Endings, watching.Warnings, watching.Ended);
        var started = await devices.Ask<DevicesActor.DeviceStarted>(
            new DevicesActor.StartDevice(options.Name, adapters, settings, observer), Patience, cancellation).ConfigureAwait(false);
        var asked = new AskedDevice(started.Device, adapters, listening, options, () => watching.Warnings.Revoked);
        var doctor = new Examination(adapters.Context, DoctorTools.Real(adapters.Context), asked);
        return new OpenShareDevice(started, options, adapters, service, doctor, watching);
    }

    public async Task<DeviceStatus> GetStatus(CancellationToken cancellation)
    {
        var registration = await Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration(), cancellation).ConfigureAwait(false);
        var revocation = await GetRevocation(cancellation).ConfigureAwait(false);
        var certificate = registration.Identity?.Certificate;
        var endsSoon = CertificateTerm.EndsSoon(certificate, registration.Floor.At(_adapters.Context.Now));
        return new DeviceStatus(
            registration.DeviceId,
            certificate?.Account,
            certificate?.Name ?? _options.Name,
            certificate?.ExpiresAt,
            registration.Identity?.TrustAt(registration.Floor.At(_adapters.Context.Now), _warnings.Revoked) ?? PeerTrust.Unpaired,
            registration.State,
            revocation,
            Listening(),
            _warnings.Discovery,
            [.. _warnings.Lines(revocation), .. KeyWarning(registration), .. endsSoon ? [EndsSoon] : Array.Empty<string>()])
        {
            CertificateEndsSoon = endsSoon,
            Rules = Rules(),
        };
    }

    public Task<RegistrationStart> Register(RegistrationOrder order, CancellationToken cancellation) =>
        Ask<RegistrationStart>(new RegistrationCommands.Register(order), cancellation);

    public Task<ImmutableArray<PeerView>> GetPeers(CancellationToken cancellation) =>
        Ask<ImmutableArray<PeerView>>(new PeerQueries.GetPeers(), cancellation);

    public Task<DuplicateResolution> ResolveDuplicate(DeviceId device, CancellationToken cancellation) =>
        Ask<DuplicateResolution>(new PeerCommands.ResolveDuplicate(device), cancellation);

    public void LookFor(DeviceId device) => _device.Tell(new PeerCommands.LookFor(device));

    public Task<SendStart> StartSend(ImmutableArray<string> paths, SendTarget target, long bytesPerSecond, ConflictPolicy conflict, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested ? Task.FromCanceled<SendStart>(cancellation)
        : Started(new TransferCommands.SendFiles(paths, target) { BytesPerSecond = bytesPerSecond, Conflict = conflict });

    // Waited for also where whoever asked has left: what begins is his to cancel, and he is told its id.
    private Task<SendStart> Started(TransferCommands.SendFiles order) => Ask<SendStart>(order, CancellationToken.None);

    public Task<ImmutableArray<TransferView>> GetTransfers(CancellationToken cancellation) =>
        Ask<ImmutableArray<TransferView>>(new TransferQueries.GetTransfers(), cancellation);

    public async Task<TransferView?> GetTransfer(TransferId id, CancellationToken cancellation) =>
        (await Ask<Transfers.TransferAnswer>(new TransferQueries.GetTransfer(id), cancellation).ConfigureAwait(false)).Transfer;

    public async Task<TransferView?> CancelTransfer(TransferId id, CancellationToken cancellation) =>
        (await Ask<Transfers.TransferAnswer>(new TransferCommands.CancelTransfer(id), cancellation).ConfigureAwait(false)).Transfer;

    public async Task<TransferView?> PauseTransfer(TransferId id, bool isPaused, CancellationToken cancellation) =>
        (await Ask<Transfers.TransferAnswer>(new TransferCommands.PauseTransfer(id, isPaused), cancellation).ConfigureAwait(false)).Transfer;

    public async Task<ReadOnlyMemory<byte>?> GetManifest(TransferId id, CancellationToken cancellation)
    {
        var answer = await Ask<ManifestAnswer>(new TransferQueries.GetManifest(id), cancellation).ConfigureAwait(false);
        if (answer is not { Manifest: { } manifest, FinalPage: { } page })
            return null;
        var json = new ArrayBufferWriter<byte>();
        ManifestJson.Write(json, manifest, page);
        return json.WrittenMemory;
    }

    public async Task<FilesProgress?> GetFiles(TransferId id, FilesAsked asked, CancellationToken cancellation) =>
        (await Ask<FilesAnswer>(new TransferQueries.GetFiles(id, asked), cancellation).ConfigureAwait(false)).Files;

    public async Task<ReceiptView?> GetReceipt(TransferId id, CancellationToken cancellation)
    {
        var answer = await Ask<ReceiptAnswer>(new TransferQueries.GetReceipt(id), cancellation).ConfigureAwait(false);
        return answer.Receipt is { } receipt ? ReceiptViews.From(Receipt.Read(receipt), id, answer.Manifest.Manifest) : null;
    }

    public async Task<ReceiptCheck> VerifyReceipt(ReadOnlyMemory<byte> receipt, CancellationToken cancellation)
    {
        var registration = await Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration(), cancellation).ConfigureAwait(false);
        var blob = ReceiptViews.Parse(receipt);
        var known = ReceiptViews.TryRead(blob) is { } read
            ? await Ask<ManifestAnswer>(new TransferQueries.FindManifest(read.ManifestId), cancellation).ConfigureAwait(false)
            : ManifestAnswer.None;
        return ReceiptViews.Check(blob, registration.Identity, known);
    }

    public Task<RevocationView> GetRevocation(CancellationToken cancellation) =>
        Ask<RevocationView>(new RevocationCommands.GetRevocation(), cancellation);

    public Task<RevocationRefresh> RefreshRevocation(CancellationToken cancellation) =>
        Ask<RevocationRefresh>(new RevocationCommands.Refresh(), cancellation);

    public Task<Diagnosis> Diagnose(DoctorSubject subject, CancellationToken cancellation) => _doctor.Diagnose(subject, cancellation);

    public Task<long> WaitForChange(long seen, CancellationToken cancellation) => _changes.WaitPast(seen, cancellation);

    public event EventHandler<TransferId> TransferEnded
    {
        add => _endings.Ended += value;
        remove => _endings.Ended -= value;
    }

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        // One that has ended by itself answers nobody.
        var said = _device.Ask<DeviceActor.Stopped>(new DeviceActor.Stop(), Patience);
        await (await Task.WhenAny(said, Ended).ConfigureAwait(false)).ConfigureAwait(false);
        await _device.GracefulStop(Patience).ConfigureAwait(false);
        await _watcher.GracefulStop(Patience).ConfigureAwait(false);
        _doctor.Dispose();
        _adapters.Listener?.Dispose();
        _service.Dispose();
        _adapters.Database.Dispose();
    }

    private static (DeviceAdapters Adapters, HttpRegistrationService Service, ListeningFacts Listening) Open(DeviceOptions options)
    {
        var random = new SystemRandom();
        var (transport, carriers) = Transports.Of(options.Reach == DeviceReach.HomeOnly ? CarrierRule.Tcp : options.Carriers, options.QuicLibrary);
        var context = new DeviceContext(
            TimeProvider.System, random, new Workers(Math.Max(2, Environment.ProcessorCount)), transport, new DeviceEventBus()) { Carriers = carriers, StaleList = options.StaleList };
        var keys = KeyFile.Open(
            options.Home.KeyFile, () => options.Passphrase is { } passphrase ? Encoding.UTF8.GetBytes(passphrase.Reveal()) : null, random);
        var onNetwork = options.Reach != DeviceReach.HomeOnly;
        ListeningFacts? looking = null;
        var listener = options.Reach switch
        {
            DeviceReach.HomeOnly => null,
            DeviceReach.Diagnosis => DoctorListener.Open(transport, options.Listen, options.Home.PortFile, options.AdvertisedPort, out looking),
            _ => LastPort.Listen(transport, options.Listen, options.Home.PortFile),
        };
        var database = DeviceDatabase.Open(options.Home.DatabaseFile);
        var outbox = new Outbox(options.Home.OutboxDirectory);
        outbox.Sweep(database.Transfers);
        var service = new HttpRegistrationService();
        return (new DeviceAdapters(
            context, keys, database, new LocalDisk(), service, listener, () => new UdpDiscoveryPort(),
            onNetwork ? RevocationPace.Default : RevocationPace.OnDemand) { Outbox = outbox }, service, looking ?? new ListeningFacts.Open(options.AdvertisedPort ?? listener?.LocalEndPoint.Port ?? 0));
    }

    /// <summary>What the device's watcher keeps up to date.</summary>
    private sealed record Watching(ChangeCounter Changes, TransferEndings Endings, DeviceWarnings Warnings, TaskCompletionSource Ended);

    private Task<T> Ask<T>(object message, CancellationToken cancellation) => Ask<T>(message, Patience, cancellation);

    private async Task<T> Ask<T>(object message, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            return await _device.Ask<T>(message, patience, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException error)
        {
            throw new TimeoutException("The device did not answer in time.", error);
        }
    }

    private ImmutableArray<IPEndPoint> Listening()
    {
        if (_adapters.Listener?.LocalEndPoint is not { } local)
            return [];
        if (!local.Address.Equals(IPAddress.Any) && !local.Address.Equals(IPAddress.IPv6Any))
            return [local];
        return [.. NetworkInterface.GetAllNetworkInterfaces()
            .Where(n => n.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(n => n.GetIPProperties().UnicastAddresses)
            .Select(a => new IPEndPoint(a.Address, local.Port))];
    }

    private static IEnumerable<string> KeyWarning(RegistrationSnapshot registration) =>
        registration.KeyProtection.Length == 0 ? [] : [registration.KeyProtection];
}
