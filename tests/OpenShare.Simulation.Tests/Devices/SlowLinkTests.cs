using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Tests.Devices;

/// <summary>A link that is slow is no link that is dead.</summary>
public sealed class SlowLinkTests
{
    [Fact]
    public void A_control_message_that_takes_longer_than_silence_lasts_comes_whole_over_one_link()
    {
        using var world = new TestWorld();
        var (alice, bob) = (world.Device("alice"), world.Device("bob"));
        world.Until(() => alice.Sees(bob) && bob.Sees(alice), 30, "They did not find each other.");
        // Long names, so that a page of the list is near its limit of 128 KiB: twelve seconds of this link.
        alice.Host.Conditions = LinkConditions.Perfect with { BytesPerSecond = 10_000 };
        var folder = $"/home/alice/{new string('d', 200)}";
        for (var i = 0; i < 600; i++)
            alice.Disk.Write($"{folder}/{i}{new string('f', 200)}", []);

        var delivery = world.World.Send(alice, bob, folder);

        world.Until(() => delivery.IsCompleted, 120, "It did not arrive.");
        Assert.Equal(0, world.Traced("alice", "LinkClosed") + world.Traced("bob", "LinkClosed"));
    }
}
