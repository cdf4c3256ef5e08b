namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Something that happens to the world, again and again until the scenario's time is over.</summary>
internal abstract record Happening
{
    /// <summary>Begins; what is to come is put into the world's queue.</summary>
    /// <param name="random">this happening's own: another one beside it does not shift its course</param>
    internal abstract void Begin(World world, Random random);

    /// <summary>Undoes what is still broken.</summary>
    internal virtual void Heal(World world) { }

    /// <summary>How long what it began may last after the last fault, whatever comes of it.</summary>
    internal virtual TimeSpan Lasts => TimeSpan.Zero;

    private protected static TimeSpan Between(Random random, TimeSpan least, TimeSpan most) =>
        least + TimeSpan.FromTicks((long)((most - least).Ticks * random.NextDouble()));

    /// <summary>Acts once, when the first delivery is that far and has not ended.</summary>
    private protected static void WhenArriving(World world, Func<Delivery, bool> isSoFar, Action<Delivery> act) =>
        world.After(TimeSpan.FromMilliseconds(20), () =>
        {
            if (world.Deliveries is not [var delivery, ..] || !isSoFar(delivery))
            {
                if (!world.IsHealing)
                    WhenArriving(world, isSoFar, act);
            }
            else if (!delivery.IsEnded)
            {
                act(delivery);
            }
        });

    private protected static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>Does it again and again after random pauses, while faults are wanted.</summary>
    private protected static void Repeat(World world, Random random, TimeSpan least, TimeSpan most, Action act) =>
        world.After(Between(random, least, most), () =>
        {
            if (world.IsHealing)
                return;
            act();
            Repeat(world, random, least, most, act);
        });
}
