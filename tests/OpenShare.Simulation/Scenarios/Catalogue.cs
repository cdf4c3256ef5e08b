using System.Collections.Immutable;

namespace OpenShare.Simulation.Scenarios;

/// <summary>The scenarios that are run over many seeds, and replayed by name.</summary>
public static class Catalogue
{
    public static ImmutableArray<Scenario> All { get; } =
    [
        Lan.With(4).Devices().Named("quiet").SendingRandomTrees(6).SendingFiles(1, 24 * 1024 * 1024).For(3.Minutes()),
        Lan.With(8).Devices().Named("flapping").FlappingWiFi().SendingRandomTrees(12).For(10.Minutes()),
        Lan.With(6).Devices().Named("restless")
            .Over(Network.Links.LinkConditions.PoorWiFi).Partitioning().ChangingAddresses().BlockingMulticast().SendingRandomTrees(10).For(15.Minutes()),
        Lan.With(5).Devices().Named("killed").KillingProcesses(25).SlowDisks().SendingRandomTrees(10).For(10.Minutes()),
        Lan.With(5).Devices().Named("power").LosingPower(20).SlowDisks().SendingRandomTrees(10).For(10.Minutes()),
        Lan.With(2).Devices().Named("large").KillingLate().SendingFiles(1, 64 * 1024 * 1024).For(2.Minutes()),
        Lan.With(2).Devices().Named("blackout").Over(Network.Links.LinkConditions.PoorWiFi).LosingPower(10).SendingFiles(3, 12 * 1024 * 1024).For(3.Minutes()),
        Lan.With(2).Devices().Named("dark").LosingPowerLate().SendingFiles(1, 128 * 1024 * 1024).For(2.Minutes()),
        Lan.With(2).Devices().Named("revived")
            .Over(Network.Links.LinkConditions.PoorWiFi with { BytesPerSecond = 300_000 }).KillingThenLosingPower().SendingRandomTrees(1, files: 100).For(3.Minutes()),
        Lan.With(6).Devices().Named("revoked").RevokingOne().ServiceOutages().RestoringService().SkewingClocks().FlappingWiFi().SendingRandomTrees(12).For(10.Minutes()),
        Lan.With(4).Devices().Named("cloned").CloningOne().SendingRandomTrees(24).For(12.Minutes()),
        Lan.With(4).Devices().Named("forged").ForgingOne().SendingRandomTrees(12).For(12.Minutes()),
        Lan.With(4).Devices().Named("paused").PausingTransfers().FlappingWiFi().KillingProcesses(6).SendingRandomTrees(12).For(6.Minutes()),
        Lan.With(4).Devices().Named("cancelled")
            .Over(Network.Links.LinkConditions.PoorWiFi with { BytesPerSecond = 300_000 }).CancellingTransfers().FlappingWiFi(every: 1.Minutes()).KillingProcesses(4).SlowDisks().SendingRandomTrees(24, largestFile: 1024 * 1024).For(8.Minutes()),
        Lan.With(4).Devices().Named("asked").AskingPeople().FlappingWiFi(every: 1.Minutes()).KillingProcesses(8).SendingRandomTrees(24).For(8.Minutes()),
        Lan.With(4).Devices().Named("full").FillingDisks(6).RottingDisks().SendingRandomTrees(12).For(6.Minutes()),
        Lan.With(4).Devices().Named("pulled").PullingDisks(12).SlowDisks().SendingRandomTrees(12).SendingFiles(3, 24 * 1024 * 1024).For(8.Minutes()),
        Lan.With(3).Devices().Named("pairing").KillingProcesses(6).SkewingClocks().FlappingWiFi(every: 1.Minutes()).PairingNewcomers(4).For(15.Minutes()),
        Lan.With(6).Devices().Named("everything")
            .Over(Network.Links.LinkConditions.PoorWiFi).FlappingWiFi().Partitioning().ChangingAddresses().KillingProcesses(8).LosingPower(6)
            .SlowDisks().SkewingClocks().ServiceOutages().SendingRandomTrees(12).For(15.Minutes()),
    ];

    public static string[] Names { get; } = [.. All.Select(s => s.Name!)];

    public static Scenario Find(string name) =>
        All.FirstOrDefault(s => s.Name == name) ?? throw new ArgumentException($"There is no scenario '{name}'. There are: {string.Join(", ", Names)}.");
}
