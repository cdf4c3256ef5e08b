using System.Net;
using Akka.Actor;
using Akka.Hosting;
using OpenShare.Device.Discovery.Memory;
using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Tests.Hosting;

/// <summary>Every device of an actor system is under /user/devices, each with its flows below it.</summary>
public sealed class DevicesActorTests : DeviceRig
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DeviceDatabase _memory = DeviceDatabase.OpenInMemory();

    [Theory]
    [InlineData("laptop", "laptop-1")]
    [InlineData("Zoë's laptop / 2", "Zo%C3%AB%27s%20laptop%20%2F%202-1")]
    public async Task A_device_has_its_name_in_its_path_and_its_flows_below_it(string name, string path)
    {
        var started = StartDevice(Sys.ActorOf(DevicesActor.Props(), DevicesActor.Name), name);

        Assert.Equal($"/user/devices/{path}", started.Device.Path.ToStringWithoutAddress());
        // Its flows are there once it answers.
        await started.Device.Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration(), RemainingOrDefault);
        foreach (var flow in (string[])["registration", "revocation", "discovery", "peers", "transfers"])
            await Sys.ActorSelection(started.Device.Path / flow).ResolveOne(RemainingOrDefault);
    }

    [Fact]
    public void Two_devices_of_one_name_are_told_apart()
    {
        var devices = Sys.ActorOf(DevicesActor.Props(), DevicesActor.Name);

        Assert.Equal(["laptop-1", "laptop-2"], [StartDevice(devices, "laptop").Device.Path.Name, StartDevice(devices, "laptop").Device.Path.Name]);
    }

    [Fact]
    public async Task A_device_that_ended_by_itself_is_stopped_at_once_and_lets_go_of_its_home()
    {
        using var folder = new TemporaryFolder();
        ActorRegistry.For(Sys).Register<DevicesActor>(Sys.ActorOf(DevicesActor.Props(), DevicesActor.Name));
        using var home = DeviceHome.Open(folder["home"]);
        var device = await OpenShareDevice.StartAsync(
            Sys, new DeviceOptions(home, "ben", new IPEndPoint(IPAddress.Loopback, 0), null, [], AcceptPolicy.None, folder["inbox"], null, DeviceReach.HomeOnly), default);
        Sys.ActorSelection("/user/devices/ben-1").Tell(PoisonPill.Instance);
        await device.Ended.WaitAsync(Patience);

        await device.StopAsync().WaitAsync(Patience);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _memory.Dispose();
    }

    private DevicesActor.DeviceStarted StartDevice(IActorRef devices, string name)
    {
        var adapters = new DeviceAdapters(
            Context, Keys, _memory, new LocalDisk(), Service, Listener: null, () => new MemoryMulticast().Attach(IPAddress.Loopback), RevocationPace.OnDemand);
        var settings = new DeviceSettings(name, AdvertisedPort: null, [], AcceptPolicy.Own, "nowhere");
        devices.Tell(new DevicesActor.StartDevice(name, adapters, settings, Props.Empty), TestActor);
        return ExpectMsg<DevicesActor.DeviceStarted>();
    }
}
