namespace OpenShare.Simulation.Tests.Scenarios;

/// <summary>The scenarios of docs/simulation.md, as a user of the kit would write them.</summary>
public sealed class ScenarioTests
{
    [Fact]
    public void A_dozen_trees_over_flapping_wifi_arrive()
    {
        var outcome = Lan.With(6).Devices().FlappingWiFi().SendingRandomTrees(6).For(5.Minutes()).Seed(7).Run().Demand();

        Assert.Equal(outcome.Figures.Deliveries, outcome.Figures.Completed);
    }

    [Fact]
    public void A_revoked_device_is_refused_by_all_whoever_tells_them()
    {
        var outcome = Lan.With(4).Devices()
            .SendingRandomTrees(4)
            .Doing("d1 is lost, and the service goes away just after", 60.Seconds(), world =>
            {
                world.Revoke(world.Device("d1"));
                world.After(20.Seconds(), world.Service.GoDown);
            })
            .For(4.Minutes()).Seed(3).Run().Demand();

        Assert.Empty(outcome.Alarms);
    }

    [Fact]
    public void A_power_cut_in_the_middle_of_a_large_file_costs_little()
    {
        var outcome = Lan.With(2).Devices()
            .LosingPower(2).SendingFiles(1, 24 * 1024 * 1024)
            .For(2.Minutes()).Seed(5).Run().Demand();

        Assert.Equal(1, outcome.Figures.Completed);
    }

    [Fact]
    public void A_broken_promise_is_named_with_its_time()
    {
        var outcome = Lan.With(2).Devices()
            .Doing("somebody puts a file where only what was sent belongs", 10.Seconds(), world =>
                world.Device("d1").Disk.Write("/home/d1/received/planted", [1, 2, 3]))
            .For(1.Minutes()).Run();

        var alarm = Assert.Single(outcome.Alarms);
        Assert.Equal("inside-the-destination", alarm.Invariant);
        Assert.Throws<BrokenPromiseException>(outcome.Demand);
    }

    [Fact]
    public void The_same_seed_gives_the_same_trace_and_another_seed_another()
    {
        var scenario = Lan.With(3).Devices().FlappingWiFi().SendingRandomTrees(3).For(2.Minutes());

        Assert.Equal(scenario.Seed(4).Run().Trace, scenario.Seed(4).Run().Trace);
        Assert.NotEqual(scenario.Seed(4).Run().Trace, scenario.Seed(5).Run().Trace);
    }
}
