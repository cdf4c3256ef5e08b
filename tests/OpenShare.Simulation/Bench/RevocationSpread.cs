using System.Globalization;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Bench;

/// <summary>How long after a revocation the others refuse the revoked device: whole devices, on one network or meeting at random.</summary>
internal static class RevocationSpread
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Stay = TimeSpan.FromMinutes(10);

    /// <summary>All on one network, with the service in reach.</summary>
    internal static BenchRun Online(int devices, int seed)
    {
        using var world = Started(Lan.With(devices).Devices().Over(LinkConditions.GoodWiFi).Seed(seed));
        world.RunFor(3.Minutes());

        var learnt = Revoke(world, everybodyWithin: 5.Minutes(), Step);

        return Told(world, string.Create(CultureInfo.InvariantCulture,
            $"after {learnt[learnt.Count / 2].TotalSeconds:0.00} s half of them refuse it, after {learnt[learnt.Count * 99 / 100 - 1].TotalSeconds:0.00} s 99 %, after {learnt[^1].TotalSeconds:0.00} s all {learnt.Count}"));
    }

    /// <summary>
    /// One alone hears it from the service. After each stay of ten minutes everybody goes to one of half as many places as there are
    /// devices, and sees who is there.
    /// </summary>
    internal static BenchRun ByGossip(int devices, int seed)
    {
        using var world = Started(Lan.With(devices).Devices().OnNetworks(Math.Max(1, devices / 2)).Over(LinkConditions.GoodWiFi).Seed(seed));
        world.RunFor(1.Minutes());
        foreach (var device in world.Devices.Skip(2))
            device.ReachesService = false;
        var random = new Random(world.SeedOf(-200));
        Wander();

        var learnt = Revoke(world, everybodyWithin: 24.Hours(), 1.Seconds());

        var curve = Enumerable.Range(1, (int)Math.Ceiling(learnt[^1] / Stay))
            .Select(stays => string.Create(CultureInfo.InvariantCulture, $"{stays * Stay.TotalMinutes:0} min {100.0 * learnt.Count(t => t <= stays * Stay) / learnt.Count:0} %"));
        return Told(world, string.Join(", ", curve));

        void Wander()
        {
            foreach (var device in world.Devices)
                device.Host.MoveTo(world.Segments[random.Next(world.Segments.Count)], world.FreshAddress());
            world.After(Stay, Wander);
        }
    }

    private static World Started(Scenario scenario)
    {
        var world = new World(scenario, line: null);
        world.Begin();
        return world;
    }

    /// <returns>for each of the others, in order, how long after the revocation its list is in force there</returns>
    private static List<TimeSpan> Revoke(World world, TimeSpan everybodyWithin, TimeSpan step)
    {
        var revoked = world.Devices[0];
        world.Revoke(revoked);
        var (version, from) = (world.RevokedIn[revoked.Id], world.Elapsed);
        var learnt = new List<TimeSpan>();
        var waiting = world.Devices.Skip(1).ToHashSet<SimulatedDevice>();
        while (waiting.Count > 0 && world.Elapsed - from < everybodyWithin)
        {
            world.RunFor(step);
            learnt.AddRange(Enumerable.Repeat(world.Elapsed - from, waiting.RemoveWhere(d => d.RevocationVersion >= version)));
        }
        return waiting.Count == 0 ? learnt : throw new InvalidOperationException($"{waiting.Count} devices never learnt of it.");
    }

    private static BenchRun Told(World world, string story) => new(
        world.Elapsed, world.Queue.Steps, world.Alarms.Count == 0 ? story : $"{story}; ALARM {world.Alarms[0]}");
}
