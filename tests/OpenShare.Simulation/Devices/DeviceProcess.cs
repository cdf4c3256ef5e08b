using System.Net;
using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Tests.Support;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Devices;

/// <summary>One run of a device's program: the production actors on simulated adapters. What befalls its machine cuts all of those.</summary>
internal sealed class DeviceProcess
{
    internal const int Port = 4711;

    private readonly World _world;
    private readonly SimulatedProcess _process;
    private readonly string _tree;
    private readonly IActorRef _root;

    /// <param name="number">of the machine's runs, from 1</param>
    /// <param name="ended">the device's actors have stopped</param>
    internal DeviceProcess(World world, SimulatedDevice machine, int number, Action<IDeviceEvent> observe, Action ended)
    {
        (_world, _tree, _process) = (world, $"{machine.Name}-{number}", new SimulatedProcess(world.Queue, machine.Clock));
        var adapters = Adapters(machine, HashSeed.Of(machine.Seed, number));
        var settings = new DeviceSettings(machine.Name, AdvertisedPort: null, [], machine.Accept, machine.SaveTo);
        _root = world.Processes.Spawn(world.System, _process, _tree, ProcessRoot.Props(
            DeviceTracer.Props(world.Trace, machine.Name, observe), DeviceActor.Props(adapters, settings), adapters.Context.Events, ended));
    }

    internal void Tell(object order) => _root.Tell(order, ActorRefs.NoSender);

    /// <summary>Nothing of it runs any more.</summary>
    internal void Die()
    {
        _process.Die();
        _world.Processes.Forget(_tree);
    }

    // The one place where a simulated device gets what it works with.
    private DeviceAdapters Adapters(SimulatedDevice machine, int seed)
    {
        var transport = machine.Host.Transport;
        var workers = new SimulatedWorkers(_process, machine.WorkerLimit, () => machine.WorkFactor, machine.Disk.TakeCost);
        var context = new DeviceContext(new SimulatedClock(_process), new SeededRandom(seed), workers, transport, new DeviceEventBus());
        return new DeviceAdapters(
            context, machine.Keys, machine.OpenDatabase(), machine.Disk.Mount(), machine.ServiceLine.Client(_process),
            transport.Listen(new IPEndPoint(IPAddress.Any, Port)), machine.Host.OpenPort, _world.Scenario.Pace);
    }
}
