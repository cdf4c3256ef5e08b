using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Revocation;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Devices;

/// <summary>One run of a device's program: the production actors on simulated adapters, all of which are cut when it dies.</summary>
internal sealed class DeviceProcess
{
    internal const int Port = 4711;

    private readonly Lan _lan;
    private readonly SimulatedProcess _process;
    private readonly string _tree;
    private readonly CutTransport _sockets;
    private readonly List<IMulticastPort> _multicast = [];
    private readonly IActorRef _root;

    /// <param name="number">of the machine's runs, from 1</param>
    /// <param name="ended">the device's actors have stopped</param>
    internal DeviceProcess(Lan lan, SimulatedDevice machine, int number, Action<IDeviceEvent> observe, Action ended)
    {
        (_lan, _tree, _process) = (lan, $"{machine.Name}-{number}", new SimulatedProcess(lan.Queue, machine.Clock));
        _sockets = new CutTransport(lan.Network.Host(machine.Address), _process);
        var adapters = Adapters(machine, HashSeed.Of(machine.Seed, number));
        var settings = new DeviceSettings(machine.Name, AdvertisedPort: null, [], machine.Accept, machine.SaveTo);
        _root = lan.Processes.Spawn(lan.System, _process, _tree, ProcessRoot.Props(
            DeviceTracer.Props(lan.Trace, machine.Name, observe), DeviceActor.Props(adapters, settings), adapters.Context.Events, ended));
    }

    internal void Tell(object order) => _root.Tell(order, ActorRefs.NoSender);

    /// <summary>Dies at once. Its machine lives on and closes what it had open.</summary>
    internal void Die()
    {
        CutOff();
        _sockets.CloseAll();
    }

    /// <summary>Dies with its machine: nobody hears of it.</summary>
    internal void DieSilently()
    {
        CutOff();
        _sockets.StopListening();
    }

    /// <summary>The machine has power again, and knows nothing of the connections it had.</summary>
    internal void Forget() => _sockets.CloseAll();

    // The one place where a simulated device gets what it works with.
    private DeviceAdapters Adapters(SimulatedDevice machine, int seed)
    {
        var transport = new TracedTransport(_sockets, _lan.Trace, machine.Name);
        var context = new DeviceContext(
            new SimulatedClock(_process), new SeededRandom(seed), new SimulatedWorkers(_process, machine.WorkerLimit, () => machine.Slowness),
            transport, new DeviceEventBus());
        return new DeviceAdapters(
            context, machine.Keys, machine.Database.Open(), new LocalDisk(), machine.ServiceLine.Client(_process),
            transport.Listen(new IPEndPoint(machine.Address, Port)), Multicast, RevocationPace.Default);

        IMulticastPort Multicast()
        {
            var port = _lan.Multicast.Attach(machine.Address);
            _multicast.Add(port);
            return port;
        }
    }

    private void CutOff()
    {
        _process.Die();
        _lan.Processes.Forget(_tree);
        foreach (var port in _multicast)
            port.Dispose();
    }
}
