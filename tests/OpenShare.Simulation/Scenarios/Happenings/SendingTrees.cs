using OpenShare.Simulation.Disk;

namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>Orders to send, spread over the first half of the time.</summary>
/// <param name="Count">orders</param>
/// <param name="Files">at most, of one tree</param>
internal sealed record SendingTrees(int Count, int Files, int LargestFile) : Happening
{
    /// <summary>Each is one file of just this size.</summary>
    internal bool IsExact { get; init; }

    internal override void Begin(World world, Random random)
    {
        for (var i = 0; i < Count; i++)
        {
            var (number, seed) = (i, random.Next());
            world.After(Between(random, TimeSpan.FromSeconds(1), world.Scenario.Duration / 2), () => Send(world, new Random(seed), number));
        }
    }

    private void Send(World world, Random random, int number)
    {
        var from = Pick(random, world.Devices);
        var others = world.Devices.Where(d => d != from && d.Host.Segment == from.Host.Segment && d.Id != from.Id).ToList();
        if (others.Count == 0)
            return;
        var path = $"/home/{from.Name}/{(IsExact ? "file" : "sent")}-{number}";
        // Whoever has no room has nothing to send.
        if (from.Disk.Capacity - from.Disk.Used < (long)Files * LargestFile)
            return;
        if (IsExact)
            from.Disk.Write(path, Bytes(random));
        else
            from.Disk.WriteTree(path, random.Next(), random.Next(1, Files + 1), LargestFile);
        world.Send(from, Pick(random, others), path);
    }

    private byte[] Bytes(Random random)
    {
        var bytes = new byte[LargestFile];
        random.NextBytes(bytes);
        return bytes;
    }
}
