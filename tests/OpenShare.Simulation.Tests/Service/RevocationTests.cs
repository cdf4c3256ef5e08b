using OpenShare.Simulation.Service;

namespace OpenShare.Simulation.Tests.Service;

/// <summary>A revocation gets from the real service to the devices.</summary>
public sealed class RevocationTests
{
    [Fact]
    public void A_device_that_waits_at_the_service_hears_of_a_revocation_at_once()
    {
        using var world = new TestWorld();
        var (alice, bob) = (world.Device("alice"), world.Device("bob"));
        world.For(12);

        Assert.Equal(2UL, world.World.Service.Revoke(bob.Id));

        world.Until(() => alice.RevocationVersion == 2, 0.1, "It did not hear of it.");
    }

    [Fact]
    public void A_service_without_news_is_asked_every_five_seconds()
    {
        using var world = new TestWorld();
        world.Device("alice");
        world.For(3);
        var before = Polls(world);

        world.For(60);

        Assert.InRange(Polls(world) - before, 11, 12);
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(600, 61)]
    public void After_an_outage_a_device_hears_of_a_revocation_when_its_back_off_is_over(double outage, double within)
    {
        using var world = new TestWorld();
        var (alice, bob) = (world.Device("alice"), world.Device("bob"));
        world.For(12);
        alice.ReachesService = bob.ReachesService = false;
        world.World.Service.Revoke(bob.Id);

        world.For(outage);
        Assert.Equal(1UL, alice.RevocationVersion);
        alice.ReachesService = true;

        world.Until(() => alice.RevocationVersion == 2, within, "It did not hear of it.");
    }

    [Fact]
    public void A_device_whose_service_was_down_hears_of_a_revocation_made_after()
    {
        using var world = new TestWorld();
        var (alice, bob) = (world.Device("alice"), world.Device("bob"));
        world.For(12);
        world.World.Service.GoDown();
        world.For(30);

        world.World.Service.GoUp();
        world.World.Service.Revoke(bob.Id);

        world.Until(() => alice.RevocationVersion == 2, 61, "It did not hear of it.");
    }

    [Fact]
    public void The_list_is_signed_anew_at_half_of_its_life_and_the_device_has_the_new_one()
    {
        using var world = new TestWorld(lifetimes: ServiceLifetimes.AsInLife with { RevocationList = TimeSpan.FromMinutes(20) });
        world.Device("alice");

        world.For(9 * 60);
        Assert.Equal(1, world.Traced("alice", "RevocationChanged 1"));

        world.For(3 * 60);
        Assert.Equal(2, world.Traced("alice", "RevocationChanged 1"));
    }

    [Fact]
    public void A_revoked_device_is_refused_by_one_that_knows()
    {
        using var world = new TestWorld();
        var (alice, bob) = (world.Device("alice"), world.Device("bob"));
        world.Until(() => alice.Sees(bob), 30, "They did not find each other.");
        world.World.Service.Revoke(bob.Id);
        world.Until(() => alice.RevocationVersion == 2, 1, "It did not hear of it.");

        bob.Send(alice, TestWorld.Tree(bob, 1, 100_000));

        world.Until(() => bob.Transfers.Values.Any(t => t.IsEnded), 60, "The transfer did not end.");
        Assert.All(bob.Transfers.Values, t => Assert.Equal(OpenShare.Device.Views.TransferProblem.NotTrusted, t.Problem));
    }

    private static long Polls(TestWorld world) => world.World.Service.Served;
}
