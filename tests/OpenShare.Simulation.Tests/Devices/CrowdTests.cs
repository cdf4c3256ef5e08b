namespace OpenShare.Simulation.Tests.Devices;

/// <summary>Many devices on one network: each finds all, and makes handshakes with some until somebody looks.</summary>
public sealed class CrowdTests
{
    private const int Many = 16;

    [Fact]
    public void Each_finds_all_and_has_the_others_prove_themselves_when_its_user_looks()
    {
        using var world = new TestWorld();
        var crowd = Enumerable.Range(1, Many).Select(i => world.Device($"d{i}")).ToList();
        world.Until(() => crowd.All(a => crowd.All(b => a == b || a.Sees(b))), 60, "They did not find each other.");
        world.For(60);
        Assert.InRange(crowd.Sum(d => world.Traced(d.Name, "PeerProven")), Many, Many * (Many - 1) / 2);

        crowd[3].LookAtPeers();
        world.Until(() => world.Traced("d4", "PeerProven") == Many - 1, 10, "Not all were proven when the user looked.");

        crowd[3].LookAtPeers();
        world.For(30);
        Assert.Equal(Many - 1, world.Traced("d4", "PeerProven"));
    }
}
