using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Tests.Devices;

/// <summary>Handshakes that only prove who is there are made where there is something to prove or to hear, and not otherwise.</summary>
public sealed class ProbeTests
{
    [Fact]
    public void Two_devices_that_meet_prove_themselves_in_one_handshake()
    {
        using var world = new TestWorld();
        var (alice, bob) = Meet(world);

        Assert.Equal(1, Proofs(world, alice));
        Assert.Equal(1, Proofs(world, bob));
    }

    [Fact]
    public void A_device_back_from_a_flap_of_its_wifi_is_seen_and_not_probed_again()
    {
        using var world = new TestWorld();
        var (alice, bob) = Meet(world);

        alice.Host.LinkDown();
        world.Until(() => !alice.Sees(bob), 30, "Nothing was lost from sight.");
        alice.Host.LinkUp();
        world.Until(() => alice.Sees(bob), 30, "They did not find each other again.");
        world.For(30);

        Assert.Equal(1, Proofs(world, alice));
        Assert.Equal(1, Proofs(world, bob));
    }

    [Fact]
    public void A_device_back_from_an_outage_hears_from_another_what_it_missed()
    {
        using var world = new TestWorld();
        var (alice, bob) = Meet(world);
        var carol = world.Device("carol");
        world.For(10);
        alice.Host.LinkDown();
        alice.ReachesService = false;
        world.World.Revoke(carol);
        world.Until(() => bob.RevocationVersion == 2, 30, "The other device did not hear it from the service.");
        world.World.Service.GoDown();

        alice.Host.LinkUp();

        world.Until(() => alice.RevocationVersion == 2, 15, "It did not hear of the revocation.");
    }

    private static (SimulatedDevice Alice, SimulatedDevice Bob) Meet(TestWorld world)
    {
        var (alice, bob) = (world.Device("alice"), world.Device("bob"));
        world.Until(() => alice.Sees(bob) && bob.Sees(alice), 30, "They did not find each other.");
        world.For(30);
        return (alice, bob);
    }

    private static int Proofs(TestWorld world, SimulatedDevice at) => world.Traced(at.Name, "PeerProven");
}
