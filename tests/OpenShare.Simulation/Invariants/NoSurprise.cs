namespace OpenShare.Simulation.Invariants;

/// <summary>No actor ever fails: what can be expected is a message, and whatever else comes up is a mistake.</summary>
internal sealed class NoSurprise : Invariant
{
    internal override string Name => "no-surprise";

    internal void OnError(string line) => Alarm($"an actor failed: {line}");
}
