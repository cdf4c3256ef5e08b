using OpenShare.Simulation.Scenarios;

namespace OpenShare.Simulation.Invariants;

/// <summary>Where nothing was done to the world a transfer that has begun gets on, every few seconds.</summary>
internal sealed class KeepsMoving : Invariant
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Delivery, (long Bytes, TimeSpan Since)> _seen = [];

    internal override string Name => "keeps-moving";

    internal override void OnSecond()
    {
        if (World.Faults > 0)
            return;
        foreach (var delivery in World.Deliveries.Where(d => d is { BytesDone: > 0, IsEnded: false }))
        {
            if (!_seen.TryGetValue(delivery, out var seen) || seen.Bytes != delivery.BytesDone)
                _seen[delivery] = (delivery.BytesDone, World.Elapsed);
            else if (World.Elapsed - seen.Since > Longest)
                Alarm($"{delivery.Top} from {delivery.From.Name} to {delivery.To.Name} stands still at {seen.Bytes} of {delivery.Bytes} bytes, and nothing is in its way");
        }
    }
}
