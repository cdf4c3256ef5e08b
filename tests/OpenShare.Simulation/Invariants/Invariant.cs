using OpenShare.Device.Hosting;
using OpenShare.Protocol.Identity;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Disk;
using OpenShare.Simulation.Scenarios;

namespace OpenShare.Simulation.Invariants;

/// <summary>
/// A promise that holds in every run. It is told what happens, and raises an alarm under its own name where the promise
/// was broken; it changes nothing.
/// </summary>
internal abstract class Invariant
{
    private World? _world;

    /// <summary>What the command line, the trace and the table of planted bugs call it.</summary>
    internal abstract string Name { get; }

    private protected World World => _world ?? throw new InvalidOperationException("This invariant watches no world yet.");

    internal void Watch(World world) => _world = world;

    /// <summary>An event on a device's bus.</summary>
    internal virtual void OnEvent(SimulatedDevice device, IDeviceEvent happened) { }

    /// <summary>A change on a device's disk, after it.</summary>
    internal virtual void OnDisk(SimulatedDevice device, DiskChange change) { }

    /// <summary>Bytes that a device gave to a stream, as they are on the wire.</summary>
    internal virtual void OnSent(SimulatedDevice device, ReadOnlySpan<byte> bytes) { }

    /// <summary>Bytes that a device gave to anything: a stream, a datagram, a request to the service.</summary>
    internal virtual void OnMessage(SimulatedDevice device, ReadOnlySpan<byte> bytes) { }

    /// <summary>A line of the actor system's log.</summary>
    internal virtual void OnLog(string line) { }

    /// <summary>A device's process began, again or for the first time: its state is what was durable.</summary>
    internal virtual void OnStarted(SimulatedDevice device) { }

    /// <summary>A device showed an invitation.</summary>
    internal virtual void OnInvited(Invitation invitation) { }

    /// <summary>Somebody got a certificate for an invitation, whoever he is.</summary>
    /// <param name="to">whose key he has</param>
    internal virtual void OnGiven(Invitation invitation, DeviceId to, DeviceCertificate certificate) { }

    /// <summary>A new device told its user that it is paired.</summary>
    internal virtual void OnPaired(SimulatedDevice device, DeviceCertificate certificate) { }

    /// <summary>Every virtual second.</summary>
    internal virtual void OnSecond() { }

    /// <summary>The run is over, the faults long healed.</summary>
    internal virtual void AtEnd() { }

    private protected void Alarm(string what) => World.Raise(new Alarm(Name, what, World.Elapsed));
}

/// <summary>A promise that was broken.</summary>
/// <param name="Invariant">its name</param>
/// <param name="What">in a sentence</param>
/// <param name="At">virtual time</param>
public sealed record Alarm(string Invariant, string What, TimeSpan At)
{
    public override string ToString() => FormattableString.Invariant($"{Invariant} at {At.TotalSeconds:0.000} s: {What}");
}
