using System.Net;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Tests.Devices;

/// <summary>A revocation changes the account's discovery key: all others end with the new one and see each other, and the revoked device sees nobody.</summary>
public sealed class DiscoveryKeyTests : IDisposable
{
    private TestWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void One_is_revoked_while_another_is_off_which_has_the_new_key_from_the_others_and_not_from_the_service()
    {
        var (alice, bob, carol, lost) = (_world.Device("alice"), _world.Device("bob"), _world.Device("carol"), _world.Device("lost"));
        MeetAll(alice, bob, carol, lost);
        carol.Kill();

        _world.World.Revoke(lost);

        _world.Until(() => HaveKey(2, alice, bob), 10, "They did not get the new key.");
        _world.World.Service.GoDown();
        _world.For(150);
        carol.Start();
        _world.Until(() => HaveKey(2, carol), 20, "It did not get the new key from the others.");
        _world.Until(() => SeeEachOther(alice, bob, carol), 20, "They do not see each other.");
        _world.For(300);

        Assert.True(SeeEachOther(alice, bob, carol));
        Assert.Equal(1u, lost.DiscoveryKeyVersion);
        // Of all that they announce, its own key opens nothing.
        Assert.All(new[] { alice, bob, carol }, other => Assert.False(lost.Sees(other)));
        // It was written down before it was told.
        carol.Restart();
        _world.For(1);
        Assert.Equal(2u, carol.DiscoveryKeyVersion);
        AssertNoAlarm();
    }

    [Fact]
    public void One_that_only_one_other_can_tell_hands_it_on_to_the_next()
    {
        var devices = Enumerable.Range(1, 8).Select(i => _world.Device($"device-{i}")).ToArray();
        var lost = _world.Device("lost");
        MeetAll([.. devices, lost]);
        foreach (var device in devices.Skip(1))
            device.ReachesService = false;

        _world.World.Revoke(lost);

        _world.Until(() => HaveKey(2, devices), 60, "Not all got the new key.");
        _world.Until(() => SeeEachOther(devices), 60, "Not all see each other.");
        AssertNoAlarm();
    }

    [Fact]
    public void A_transfer_goes_on_while_the_key_changes()
    {
        var (alice, bob, lost) = (_world.Device("alice"), _world.Device("bob"), _world.Device("lost"));
        MeetAll(alice, bob, lost);
        _world.World.Segments[0].Conditions = _world.World.Segments[0].Conditions with { BytesPerSecond = 1_000_000 };
        alice.Send(bob, TestWorld.Tree(alice, 1, 30_000_000));
        _world.Until(() => bob.Transfers.Values.Any(t => t.BytesDone > 1_000_000), 30, "It did not begin.");

        _world.World.Revoke(lost);

        _world.Until(() => HaveKey(2, alice, bob), 10, "They did not get the new key.");
        Assert.All(bob.Transfers.Values, t => Assert.False(t.IsEnded));
        _world.Until(() => alice.Transfers.Values.All(t => t.IsEnded), 120, "It did not end.");
        TestWorld.AssertArrived(alice, bob);
        Assert.Equal(0, _world.Traced("alice", $"LinkClosed {bob.Id}"));
        AssertNoAlarm();
    }

    // In all of these worlds but the last it hears the revoked first, who have the old key as it does: they are no company.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(12)]
    [InlineData(4)]
    public void One_that_missed_two_changes_gets_the_key_where_it_reached_a_device_last(int seed)
    {
        _world.Dispose();
        _world = new TestWorld(seed);
        var (alice, bob) = OneMissesTwoChanges();

        bob.Start();

        _world.Until(() => HaveKey(3, bob) && SeeEachOther(alice, bob), 60, "They do not see each other.");
        AssertNoAlarm();
    }

    [Fact]
    public void One_that_missed_two_changes_whose_network_has_other_addresses_now_is_seen_again_when_it_has_reached_the_service()
    {
        var (alice, bob) = OneMissesTwoChanges();
        alice.Host.MoveTo(IPAddress.Parse("10.9.9.9"));
        bob.Host.MoveTo(IPAddress.Parse("10.9.9.8"));

        bob.Start();
        _world.For(60);
        Assert.False(alice.Sees(bob) || bob.Sees(alice));
        bob.ReachesService = true;

        _world.Until(() => HaveKey(3, bob) && SeeEachOther(alice, bob), 90, "They do not see each other.");
        AssertNoAlarm();
    }

    // The other was off, and does not reach the service either.
    private (SimulatedDevice Alice, SimulatedDevice Bob) OneMissesTwoChanges()
    {
        var (alice, bob, first, second) = (_world.Device("alice"), _world.Device("bob"), _world.Device("first"), _world.Device("second"));
        MeetAll(alice, bob, first, second);
        bob.Kill();
        _world.World.Revoke(first);
        _world.Until(() => HaveKey(2, alice), 10, "It did not get the second key.");
        _world.World.Revoke(second);
        _world.Until(() => HaveKey(3, alice), 10, "It did not get the third key.");
        _world.For(150);
        bob.ReachesService = false;
        return (alice, bob);
    }

    [Fact]
    public void A_service_that_was_restored_from_a_backup_and_makes_the_same_version_anew_parts_nobody()
    {
        var (alice, bob, lost) = (_world.Device("alice"), _world.Device("bob"), _world.Device("lost"));
        MeetAll(alice, bob, lost);
        _world.World.Service.KeepBackup();
        _world.World.Revoke(lost);
        _world.Until(() => HaveKey(2, alice, bob), 10, "They did not get the new key.");
        var before = alice.Identity!.DiscoveryKeys.Hash;

        _world.World.RestoreService(TimeSpan.FromSeconds(30));

        _world.Until(() => HaveOther(alice) && HaveOther(bob), 120, "They did not get the key that was made anew.");
        _world.Until(() => SeeEachOther(alice, bob), 20, "They do not see each other.");
        Assert.True(HaveKey(2, alice, bob));
        AssertNoAlarm();

        bool HaveOther(SimulatedDevice device) => device.Identity!.DiscoveryKeys.Hash != before;
    }

    private void MeetAll(params SimulatedDevice[] devices)
    {
        _world.Until(() => SeeEachOther(devices), 30, "They did not find each other.");
        _world.For(60);
    }

    private static bool HaveKey(uint version, params SimulatedDevice[] devices) => devices.All(d => d.DiscoveryKeyVersion == version);

    private static bool SeeEachOther(params SimulatedDevice[] devices) => devices.All(d => devices.All(o => o == d || d.Sees(o)));

    private void AssertNoAlarm()
    {
        _world.World.Judge();
        Assert.DoesNotContain(_world.World.Alarms, a => a.Invariant is "key-is-kept-from-the-revoked" or "revoked-is-cut-off");
    }
}
