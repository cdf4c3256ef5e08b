using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Tests.Disk;

/// <summary>The time that every simulation begins at, standing still.</summary>
internal sealed class FixedTime : TimeProvider
{
    internal static readonly FixedTime Provider = new();

    public override DateTimeOffset GetUtcNow() => SimulationScheduler.Start;
}
