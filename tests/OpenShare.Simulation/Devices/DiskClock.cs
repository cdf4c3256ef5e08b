using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Devices;

/// <summary>The time of day as a machine's file system stamps it.</summary>
internal sealed class DiskClock(MachineClock clock) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => clock.Now;
}
