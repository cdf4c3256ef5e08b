namespace OpenShare.Simulation.Tests.Devices;

/// <summary>A sighting is worth a handshake where it may tell something new.</summary>
public sealed class ProbeTests
{
    [Fact]
    public void A_device_that_has_just_proven_itself_is_not_probed_again_whenever_its_wifi_flaps()
    {
        using var world = new TestWorld();
        var (alice, bob) = (world.Device("alice"), world.Device("bob"));
        world.Until(() => alice.Sees(bob) && bob.Sees(alice), 30, "They did not find each other.");
        world.For(5);
        var before = Dials(world);
        Assert.InRange(before, 1, 4);

        for (var i = 0; i < 5; i++)
        {
            bob.Host.LinkDown();
            world.Until(() => !bob.Sees(alice), 30, "The link was not missed.");
            bob.Host.LinkUp();
            world.Until(() => bob.Sees(alice), 30, "They did not find each other again.");
            world.For(2);
        }
        Assert.Equal(before, Dials(world));

        // Nobody has a newer list yet; then alice learns one, and the next sighting brings it to bob at once.
        bob.Host.LinkDown();
        bob.ReachesService = false;
        world.World.Service.Revoke(world.Device("lost").Id);
        world.Until(() => alice.RevocationVersion > bob.RevocationVersion, 30, "alice did not learn of it.");
        bob.Host.LinkUp();
        world.Until(() => bob.RevocationVersion == alice.RevocationVersion, 30, "bob did not hear of it from alice.");
    }

    private static int Dials(TestWorld world) => world.Traced("alice", "dials") + world.Traced("bob", "dials");
}
