using OpenShare.Device.Hosting;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation;

/// <summary>The main job in small: two devices find each other, one sends the other a tree, the network is cut in the middle.</summary>
public static class SendThroughACut
{
    private const int TimeWidth = 12;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <returns>the trace's hash</returns>
    /// <exception cref="InvalidOperationException">it did not come to its end, or what arrived is not what was sent</exception>
    public static string Run(int seed, Action<string>? line = null)
    {
        var folder = Directory.CreateTempSubdirectory("openshare-simulation-").FullName;
        try
        {
            var wire = new List<string>();
            using var lan = new Lan(seed, line is null ? null : wire.Add);
            var tree = Samples.Tree(Path.Combine(folder, "outgoing", "tree"), seed);
            var (alice, bob) = (lan.Device("alice", Path.Combine(folder, "alice")), lan.Device("bob", Path.Combine(folder, "bob")));
            var failure = Course(lan, alice, bob, tree) ?? Samples.Difference(tree, Path.Combine(bob.SaveTo, "tree"));
            lan.Trace.Add("network", lan.WireHash);
            // Both begin with the time, as wide in every line.
            foreach (var traced in lan.Trace.Lines.Concat(wire).OrderBy(l => l[..TimeWidth], StringComparer.Ordinal))
                line?.Invoke(traced);
            return failure is null ? lan.Trace.Hash : throw new InvalidOperationException($"Seed {seed}: {failure}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Course(Lan lan, SimulatedDevice alice, SimulatedDevice bob, string tree)
    {
        if (!lan.RunUntil(() => alice.Sees(bob), Limit))
            return "they did not find each other.";
        alice.Send(bob, tree);
        if (!lan.RunUntil(() => alice.Transfers.Values.Any(t => t.BytesDone > Samples.TreeBytes * 2 / 5), Limit))
            return "nothing was on its way.";
        if (alice.Transfers.Values.Any(t => t.IsEnded))
            return "it was over before the cut.";
        lan.CutAll();
        if (!lan.RunUntil(() => Both().All(t => t.IsEnded), Limit))
            return "it did not end after the cut.";
        return Both().All(t => t is { State: TransferState.Completed, Receipt: not null }) ? null : $"it ended as {Both().First().State}: {Both().First().Detail}";

        IEnumerable<TransferView> Both() => alice.Transfers.Values.Concat(bob.Transfers.Values);
    }
}
