namespace OpenShare.Simulation.Invariants;

/// <summary>Once the network has healed every transfer comes to its end by itself, and a good one wherever nothing forbids it.</summary>
internal sealed class EveryTransferEnds : Invariant
{
    internal override string Name => "every-transfer-ends";

    internal override void AtEnd()
    {
        foreach (var delivery in World.Deliveries.Where(d => !d.IsEnded && !d.IsImpossible))
            Alarm($"{delivery.Top} from {delivery.From.Name} to {delivery.To.Name} is {delivery.Outcome} {delivery.Detail} {World.SinceHealing.TotalMinutes:0} minutes after the last fault");
        foreach (var delivery in World.Deliveries.Where(d => d is { IsEnded: true, IsImpossible: false, Received.IsEnded: false }))
            Alarm($"{delivery.Top} from {delivery.From.Name} to {delivery.To.Name} is {delivery.Outcome}, and goes on at its receiver as {delivery.Received!.State}");
        foreach (var delivery in World.Deliveries.Where(d => d is { IsEnded: true, IsCompleted: false, MayFail: false }))
            Alarm($"{delivery.Top} from {delivery.From.Name} to {delivery.To.Name} ended as {delivery.Outcome} {delivery.Detail}, and nothing forbade it");
    }
}
