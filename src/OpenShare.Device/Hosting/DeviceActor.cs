using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Discovery;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Hosting;

/// <summary>
/// One device: supervises a child for each flow and starts discovery once there is an identity to announce. Requests
/// are forwarded to the flow they belong to.
/// </summary>
public sealed class DeviceActor : ReceiveActor, IWithTimers
{
    /// <summary>Stops the flows one after the other, so that discovery says goodbye before links go down. Answered with <see cref="Stopped"/>.</summary>
    public sealed record Stop;

    public sealed record Stopped;

    private sealed record FlowEnded(IActorRef Flow);

    private sealed record FlowOverdue(IActorRef Flow);

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly DeviceAdapters _adapters;
    private readonly DeviceSettings _settings;
    private readonly IActorRef _discovery;
    private readonly IActorRef _peers;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IActorRef> _stopAskers = [];
    private readonly List<IActorRef> _flows;
    private IActorRef? _stopping;
    private DeviceIdentity? _identity;
    private HandshakeParty? _shown;
    private bool _isAnnounced;
    private int _starting;
    private ulong _revocationVersion;

    public DeviceActor(DeviceAdapters adapters, DeviceSettings settings)
    {
        (_adapters, _settings) = (adapters, settings);
        var (context, database) = (adapters.Context, adapters.Database);

        context.Events.Subscribe<RegistrationEvents.Certified>(Self);
        context.Events.Subscribe<RevocationEvents.RevocationChanged>(Self);
        context.Events.Subscribe<PairingEvents.ShowingChanged>(Self);
        context.Events.Subscribe<PeerEvents.Restarted>(Self);
        // Before anybody is spoken with: what a person took back is taken back from the first moment on.
        context.Events.Publish(PairingActor.Standing(database.Pairing));
        _peers = Context.ActorOf(PeersActor.Props(context, database.Peers, adapters.Listener, settings.AdvertisedPort), "peers");
        var receiving = new ReceivingPolicy(settings.Accept, settings.SaveTo, database.AcceptRules)
        {
            AllowsOverwriting = settings.AllowsOverwriting,
            Provisional = settings.Provisional,
        };
        var transfers = Context.ActorOf(
            TransfersActor.Props(context, TransferStores.Of(database), adapters.Disk, database.Peers, _peers, receiving, adapters.Outbox, settings.Part), "transfers");
        _discovery = Context.ActorOf(DiscoveryActor.Props(context, adapters.Multicast), "discovery");
        var revocation = Context.ActorOf(
            RevocationActor.Props(context, database.Registration, database.Revocation, adapters.Service, adapters.RevocationPace), "revocation");
        var registration = Context.ActorOf(
            RegistrationActor.Props(context, settings.Name, adapters.Keys, database.Registration, adapters.Service), "registration");

        var pairing = Context.ActorOf(
            PairingActor.Props(context, database, settings.Name, adapters.Listener is { } at ? settings.AdvertisedPort ?? at.LocalEndPoint.Port : 0, registration), "pairing");

        Receive<RegistrationEvents.Certified>(m => { _identity = m.Identity; Announce(); });
        Receive<PairingEvents.ShowingChanged>(m => { _shown = m.Party; Announce(); });
        Receive<RevocationEvents.RevocationChanged>(m => { _revocationVersion = m.List?.Version ?? 0; Announce(); });
        Receive<RegistrationCommands.Register>(registration.Forward);
        Receive<RegistrationCommands.GetRegistration>(registration.Forward);
        Receive<RevocationCommands.Refresh>(revocation.Forward);
        Receive<RevocationCommands.GetRevocation>(revocation.Forward);
        Receive<DiscoveryCommands.LookAgain>(_discovery.Forward);
        Receive<PeerQueries.GetPeers>(_peers.Forward);
        Receive<PeerCommands.ResolveDuplicate>(_peers.Forward);
        Receive<PeerCommands.LookFor>(_peers.Forward);
        Receive<DiscoveryQueries.GetPeers>(_discovery.Forward);
        Receive<PeerCommands.Resolve>(_peers.Forward);
        Receive<PeerCommands.AskDialBack>(_peers.Forward);
        Receive<PairingCommands.Invite>(pairing.Forward);
        Receive<PairingCommands.Join>(pairing.Forward);
        Receive<PairingCommands.InviteFound>(pairing.Forward);
        Receive<PairingCommands.Show>(pairing.Forward);
        Receive<PairingCommands.Compare>(pairing.Forward);
        Receive<PairingCommands.Withdraw>(pairing.Forward);
        Receive<TransferCommands.SendFiles>(transfers.Forward);
        Receive<TransferCommands.CancelTransfer>(transfers.Forward);
        Receive<TransferCommands.PauseTransfer>(transfers.Forward);
        Receive<TransferCommands.AnswerOffer>(transfers.Forward);
        Receive<TransferCommands.ChangeReceiving>(transfers.Forward);
        Receive<TransferQueries.GetTransfers>(transfers.Forward);
        Receive<TransferQueries.GetTransfer>(transfers.Forward);
        Receive<TransferQueries.GetReceipt>(transfers.Forward);
        Receive<TransferQueries.GetManifest>(transfers.Forward);
        Receive<TransferQueries.GetFiles>(transfers.Forward);
        Receive<TransferQueries.FindManifest>(transfers.Forward);
        // In the order they are stopped.
        _flows = [_discovery, transfers, pairing, _peers, revocation, registration];
        _starting = _flows.Count;
        foreach (var flow in _flows)
        {
            Context.WatchWith(flow, new FlowEnded(flow));
            // Answered once it has started, and hears what is published: before that nobody is spoken with.
            flow.Tell(new Identify(null));
        }
        Receive<ActorIdentity>(_ => OnFlowStarted());
        Receive<PeerEvents.Restarted>(_ => StartPeers());
        Receive<Stop>(_ => OnStop());
        Receive<FlowEnded>(m => OnFlowEnded(m.Flow));
        Receive<FlowOverdue>(m => OnFlowOverdue(m.Flow));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(DeviceAdapters adapters, DeviceSettings settings) => Akka.Actor.Props.Create(() => new DeviceActor(adapters, settings));

    // A flow that fails starts anew from what is on disk; one that fails again and again takes the device with it, for its host to see.
    protected override SupervisorStrategy SupervisorStrategy() => Supervision.Of(Context.System).Flows.Strategy;

    protected override void PostStop() => _adapters.Context.Events.Unsubscribe(Self);

    private void OnFlowStarted()
    {
        _starting--;
        StartPeers();
        Announce();
    }

    private void StartPeers()
    {
        if (_starting == 0 && _stopAskers.Count == 0)
            _peers.Tell(new PeerCommands.Start());
    }

    private void Announce()
    {
        if (_adapters.Listener is not { } listener || _starting > 0)
            return;
        var options = _identity is { } identity ? Options(identity.Certificate, identity.DiscoveryKeys.Hash, listener) with
        {
            News = identity.NewsWith(_revocationVersion),
            PreviousAccountHash = identity.DiscoveryKeys.PreviousHash,
            QuicPort = listener.QuicPort,
        }
        : _shown is { } shown ? Options(shown.Certificate, AccountHash.Unpaired, listener) : null;
        if (options is not null)
            _discovery.Tell(new DiscoveryCommands.Start(options));
        else if (_isAnnounced)
            _discovery.Tell(DiscoveryCommands.Stop.Instance);
        _isAnnounced = options is not null;
    }

    private DiscoveryOptions Options(DeviceCertificate self, AccountHash account, ITransportListener listener) => new(
        self.Name, self.DeviceId, self.PublicKey.ShortFingerprint, account, _settings.AdvertisedPort ?? listener.LocalEndPoint.Port, _settings.Interfaces.IsEmpty ? null : _settings.Interfaces);

    private void OnStop()
    {
        _stopAskers.Add(Sender);
        if (_stopAskers.Count == 1)
            StopNext();
        else if (_flows.Count == 0)
            Sender.Tell(new Stopped());
    }

    private void StopNext()
    {
        _stopping = _flows.FirstOrDefault();
        if (_stopping is null)
        {
            _stopAskers.ForEach(asker => asker.Tell(new Stopped()));
            return;
        }
        // Links say goodbye before they go: that takes more than a stop.
        if (_stopping.Equals(_peers))
            _peers.Tell(new PeerCommands.Stop());
        else
            Context.Stop(_stopping);
        Timers.StartSingleTimer(nameof(FlowOverdue), new FlowOverdue(_stopping), StopPatience);
    }

    private void OnFlowEnded(IActorRef flow)
    {
        _flows.Remove(flow);
        if (_stopAskers.Count == 0)
        {
            _log.Error("The device ends: its {0} failed again and again", flow.Path.Name);
            Context.Stop(Self);
        }
        else if (flow.Equals(_stopping))
        {
            Timers.Cancel(nameof(FlowOverdue));
            StopNext();
        }
    }

    // It has had its time; the system's own shutdown ends it.
    private void OnFlowOverdue(IActorRef flow)
    {
        if (flow.Equals(_stopping) && _flows.Remove(flow))
            StopNext();
    }
}

/// <summary>What a person decides of a device.</summary>
public sealed record DeviceSettings(
    string Name, int? AdvertisedPort, ImmutableArray<string> Interfaces, AcceptPolicy Accept, string SaveTo)
{
    /// <inheritdoc cref="DeviceOptions.AllowsOverwriting"/>
    public bool AllowsOverwriting { get; init; } = true;

    public ProvisionalRule Provisional { get; init; } = ProvisionalRule.None;

    public TransferPart Part { get; init; } = TransferPart.All;
}
