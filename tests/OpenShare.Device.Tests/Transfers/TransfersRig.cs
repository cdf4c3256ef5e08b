using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transport.Memory;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>The transfers actor of one device alone: its peers actor is the test, and time is virtual.</summary>
public abstract class TransfersRig : TestKit
{
    private protected static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(Start);

    private protected TransfersRig()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        Self = Organisation.Enroll("ben");
        Context = new DeviceContext(
            _time, new SeededRandom(1), new Workers(2), new MemoryTransport(new MemoryNetwork(), IPAddress.Loopback), new DeviceEventBus())
        {
            // So many that a test gets there.
            TransferTuning = TransferTuning.Default with { ReceivedAtOnce = 20 },
        };
        Peers = CreateTestProbe();
        Transfers = Sys.ActorOf(TransfersActor.Props(
            Context, TransferStores.Of(Database) with { Transfers = new TransfersWithRoom(Database.Transfers, note => OnNote(note)) }, Disk, Database.Peers, Peers.Ref, new ReceivingPolicy(AcceptPolicy.Own, Inbox)), "transfers");
        Peers.ExpectMsg<PeerCommands.TellLinks>();
        Context.Events.Publish(new RegistrationEvents.Certified(Self));
    }

    private protected TestOrganisation Organisation { get; } = new(1, Start);

    private protected DeviceIdentity Self { get; }

    private protected DeviceContext Context { get; }

    private protected DeviceDatabase Database { get; } = DeviceDatabase.OpenInMemory();

    private protected ObservedDisk Disk { get; } = new();

    /// <summary>Before the database notes an "order" or a later "state" of a transfer; throws where it has no room.</summary>
    private protected Action<string> OnNote { get; set; } = _ => { };

    private protected TestProbe Peers { get; }

    private protected IActorRef Transfers { get; }

    private protected string Inbox => _folder["inbox"];

    private protected string Files => Directory.CreateDirectory(_folder["files"]).FullName;

    /// <summary>Moves the clock and every timer on.</summary>
    private protected void Advance(TimeSpan by)
    {
        _time.Advance(by);
        ((TestScheduler)Sys.Scheduler).Advance(by);
    }

    /// <summary>What was told before this has been heard.</summary>
    private protected async Task HeardAsync() => await Transfers.Ask(new TransferQueries.GetTransfers(), TimeSpan.FromSeconds(10));

    protected override void AfterAll()
    {
        base.AfterAll();
        Database.Dispose();
        _folder.Dispose();
    }
}
