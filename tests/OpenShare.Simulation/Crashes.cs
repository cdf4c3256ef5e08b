using OpenShare.Device.Hosting;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation;

/// <summary>
/// A whole life in small: two devices register, one while the service restarts and answers get lost; a transfer goes on
/// through a kill of its sender and a loss of power of its receiver; one is stopped in good order.
/// </summary>
public static class Crashes
{
    private const int Bytes = 6 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <returns>the trace's hash, and how many entries ran</returns>
    /// <exception cref="InvalidOperationException">something of it did not come to its end</exception>
    public static string Run(int seed, Action<string>? line = null)
    {
        var folder = Directory.CreateTempSubdirectory("openshare-simulation-").FullName;
        try
        {
            using var lan = new Lan(seed);
            lan.Service.Conditions.AnswerLoss = 0.3;
            var tree = Samples.Tree(Path.Combine(folder, "outgoing", "tree"), seed, Bytes);
            var alice = lan.Unregistered("alice", Path.Combine(folder, "alice"), losesPower: true);
            var bob = lan.Unregistered("bob", Path.Combine(folder, "bob"), losesPower: true);
            var failure = Course(lan, alice, bob, tree) ?? Samples.Difference(tree, Path.Combine(bob.SaveTo, "tree"));
            foreach (var traced in lan.Trace.Lines)
                line?.Invoke(traced);
            return failure is null ? $"{lan.Trace.Hash} {lan.Queue.Steps}" : throw new InvalidOperationException($"Seed {seed}: {failure}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Course(Lan lan, SimulatedDevice alice, SimulatedDevice bob, string tree)
    {
        foreach (var device in new[] { alice, bob })
        {
            device.Slowness = 200;
            device.Start();
            device.Register(lan.Service.IssueToken());
        }
        lan.RunFor(TimeSpan.FromMilliseconds(40));
        lan.Service.Restart();
        bob.Restart();
        if (!lan.RunUntil(() => alice.Registration is RegistrationState.Certified && bob.Registration is RegistrationState.Certified, Limit))
            return "they were not registered.";
        lan.Service.Conditions.AnswerLoss = 0;
        if (!lan.RunUntil(() => alice.Sees(bob), Limit))
            return "they did not find each other.";
        alice.Send(bob, tree);
        if (!lan.RunUntil(() => Done(alice) > Bytes / 5, Limit))
            return "nothing was on its way.";
        alice.Restart();
        if (!lan.RunUntil(() => Done(alice) > Bytes / 2, Limit))
            return "it did not go on after the kill.";
        bob.PowerLoss();
        lan.RunFor(TimeSpan.FromSeconds(20));
        bob.Start();
        if (!lan.RunUntil(() => Both().All(t => t.IsEnded), Limit))
            return "it did not end after the loss of power.";
        bob.Stop();
        if (!lan.RunUntil(() => !bob.IsRunning && !alice.Sees(bob), Limit))
            return "it did not stop.";
        return Both().All(t => t is { State: TransferState.Completed, Receipt: not null }) ? null : $"it ended as {Both().First().State}: {Both().First().Detail}";

        IEnumerable<TransferView> Both() => alice.Transfers.Values.Concat(bob.Transfers.Values);
    }

    private static long Done(SimulatedDevice device) => device.Transfers.Values.Sum(t => t.BytesDone);
}
