using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.TestKit;
using OpenShare.Device.Discovery;
using OpenShare.Device.Discovery.Memory;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Tests.Hosting;

/// <summary>A whole device that is told to stop: one flow after the other, and none holds up the others for good.</summary>
public sealed class DeviceStopTests : DeviceRig
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly string[] InOrder = ["discovery", "transfers", "pairing", "peers", "revocation", "registration"];

    private readonly TemporaryFolder _folder = new();
    private readonly MemoryMulticast _segment = new();
    private readonly ManualResetEventSlim _closes = new(initialState: true);
    private readonly TestProbe _asker;
    private readonly IActorRef _device;

    public DeviceStopTests()
    {
        var identity = Organisation.Enroll("ben");
        Keys.Save((SigningKey)identity.Key);
        _asker = CreateTestProbe();
        var database = DeviceDatabase.OpenInMemory();
        database.Registration.Save(new RegistrationRecord(identity.Server, identity.Certificate, identity.Chain, identity.DiscoveryKeys, ServerTrust: null));
        var adapters = new DeviceAdapters(
            Context, Keys, database, new LocalDisk(), Service, Context.Transport.Listen(new IPEndPoint(IPAddress.Loopback, 0)),
            () => new SlowPort(_segment.Attach(IPAddress.Loopback), _closes), RevocationPace.OnDemand);
        _device = Sys.ActorOf(DeviceActor.Props(adapters, new DeviceSettings("ben", AdvertisedPort: null, [], AcceptPolicy.Own, _folder["inbox"])), "device");
    }

    [Fact]
    public async Task The_flows_end_in_order_and_then_it_is_said()
    {
        var ends = await WatchFlowsAsync();

        _device.Tell(new DeviceActor.Stop(), _asker.Ref);

        _asker.ExpectMsg<DeviceActor.Stopped>(Deadline);
        Assert.Equal(InOrder, ends.ReceiveN(InOrder.Length, Deadline).Cast<Terminated>().Select(t => t.ActorRef.Path.Name));
        // One that asks late hears it too.
        _device.Tell(new DeviceActor.Stop(), _asker.Ref);
        _asker.ExpectMsg<DeviceActor.Stopped>(Deadline);
    }

    [Fact]
    public async Task A_flow_that_does_not_end_has_two_seconds_and_then_the_others_end()
    {
        var ends = await WatchFlowsAsync();
        await DiscoveryRunsAsync();
        _closes.Reset();

        _device.Tell(new DeviceActor.Stop(), _asker.Ref);
        _device.Tell(new DeviceActor.Stop(), _asker.Ref);
        // Once this is answered the stop was heard, and its patience runs.
        await _device.Ask(new Device.Peers.PeerQueries.GetPeers(), Deadline);
        Advance(TimeSpan.FromSeconds(1.9));
        ends.ExpectNoMsg(TimeSpan.Zero);
        Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(InOrder[1..], ends.ReceiveN(InOrder.Length - 1, Deadline).Cast<Terminated>().Select(t => t.ActorRef.Path.Name));
        _asker.ExpectMsg<DeviceActor.Stopped>(Deadline);
        _asker.ExpectMsg<DeviceActor.Stopped>(Deadline);
    }

    [Fact]
    public async Task A_flow_that_ends_by_itself_meanwhile_is_not_waited_for()
    {
        var ends = await WatchFlowsAsync();
        await DiscoveryRunsAsync();
        _closes.Reset();
        _device.Tell(new DeviceActor.Stop(), _asker.Ref);
        await _device.Ask(new Device.Peers.PeerQueries.GetPeers(), Deadline);

        Sys.ActorSelection(_device.Path / "peers").Tell(PoisonPill.Instance);
        Assert.Equal("peers", ends.ExpectMsg<Terminated>(Deadline).ActorRef.Path.Name);
        _closes.Set();

        _asker.ExpectMsg<DeviceActor.Stopped>(Deadline);
        Assert.Equal(["discovery", "transfers", "pairing", "revocation", "registration"], ends.ReceiveN(5, Deadline).Cast<Terminated>().Select(t => t.ActorRef.Path.Name));
    }

    protected override void AfterAll()
    {
        _closes.Set();
        base.AfterAll();
        _folder.Dispose();
    }

    private async Task<TestProbe> WatchFlowsAsync()
    {
        var ends = CreateTestProbe();
        // Once it answers its flows are there.
        await _device.Ask(new Device.Peers.PeerQueries.GetPeers(), Deadline);
        foreach (var flow in InOrder)
            ends.Watch(await Sys.ActorSelection(_device.Path / flow).ResolveOne(Deadline));
        return ends;
    }

    private Task DiscoveryRunsAsync() => Sys.ActorSelection(_device.Path / "discovery" / "mdns").ResolveOneInTime(this);

    /// <summary>A port that closes when it is let.</summary>
    private sealed class SlowPort(IDiscoveryPort inner, ManualResetEventSlim closes) : IDiscoveryPort
    {
        public void Open(IActorRef receiver) => inner.Open(receiver);

        public DiscoveryInterfaces Refresh(ImmutableArray<string>? only) => inner.Refresh(only);

        public string? Send(int networkInterface, DiscoveryMedium medium, ReadOnlyMemory<byte> packet, IPEndPoint? to) => inner.Send(networkInterface, medium, packet, to);

        public void Release() => inner.Release();

        public void Dispose()
        {
            closes.Wait(TimeSpan.FromSeconds(20));
            inner.Dispose();
        }
    }
}

internal static class Appearing
{
    /// <summary>Waits for an actor that another starts.</summary>
    internal static Task ResolveOneInTime(this ActorSelection selection, TestKitBase kit) => kit.AwaitAssertAsync(
        async () => await selection.ResolveOne(TimeSpan.FromMilliseconds(200)), TimeSpan.FromSeconds(10));
}
