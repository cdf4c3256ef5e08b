namespace OpenShare.Simulation.Invariants;

/// <summary>Of a transfer that has ended, however it did, nothing lies about at its receiver but what has its name.</summary>
internal sealed class NothingStays : Invariant
{
    internal override string Name => "nothing-stays";

    internal override void AtEnd()
    {
        // What lay on a disk that was away when it was to go is swept up within a day.
        foreach (var delivery in World.Deliveries.Where(d => d is { IsEnded: true, IsImpossible: false, To.Disk.Pulls: 0 }))
        {
            if (delivery.To.Disk.Exists($"{delivery.To.SaveTo}/{InsideTheDestination.Staging}/{delivery.From.Id}-{delivery.Transfer}"))
                Alarm($"{delivery.Top} from {delivery.From.Name} to {delivery.To.Name} is {delivery.Outcome}, and parts of it are at its receiver still");
        }
    }
}
