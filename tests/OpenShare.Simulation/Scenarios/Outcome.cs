using System.Collections.Immutable;
using System.Globalization;
using OpenShare.Simulation.Invariants;

namespace OpenShare.Simulation;

/// <summary>How a run ended.</summary>
/// <param name="Trace">hash over everything that happened: the same for the same seed and commit</param>
/// <param name="Alarms">promises that were broken; none in a good run</param>
/// <param name="Replay">the command that runs it again with its trace; null for a scenario that has no name</param>
public sealed record Outcome(int Seed, string Trace, ImmutableArray<Alarm> Alarms, Figures Figures, string? Replay)
{
    public bool Holds => Alarms.IsEmpty;

    /// <exception cref="BrokenPromiseException">a promise was broken</exception>
    public Outcome Demand() => Holds ? this : throw new BrokenPromiseException(ToString());

    public override string ToString() => Holds
        ? $"seed {Seed}: all promises held; {Figures}; trace {Trace[..16]}"
        : $"seed {Seed}: {Alarms.Length} broken\n{string.Join('\n', Alarms.Take(10).Select(a => $"  {a}"))}\nReplay: {Replay ?? "run this test again"}";
}

/// <param name="Steps">entries of the queue: messages, timers, deliveries</param>
/// <param name="Real">wall-clock time of the run</param>
public sealed record Figures(TimeSpan Virtual, TimeSpan Real, long Steps, int Deliveries, int Completed, int Faults)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Virtual.TotalMinutes:0.0} virtual minutes in {Real.TotalSeconds:0.00} s, {Steps} steps, {Completed} of {Deliveries} delivered, {Faults} faults");
}

/// <summary>A simulated run broke a promise. The message names it and the command that replays the seed.</summary>
public sealed class BrokenPromiseException : Exception
{
    public BrokenPromiseException(string message) : base(message) { }

    public BrokenPromiseException(string message, Exception inner) : base(message, inner) { }

    public BrokenPromiseException() { }
}
