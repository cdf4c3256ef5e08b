using OpenShare.Device.Discovery;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Tests.Devices;

/// <summary>What a device's database holds after its process, or its machine's power, is gone.</summary>
public sealed class SimulatedDatabaseTests : IDisposable
{
    private static readonly DeviceId Peer = DeviceId.Parse("00112233445566778899aabbccddeeff");

    private readonly EmptyDatabase _empty = new();
    private readonly SimulatedDatabase _database;

    public SimulatedDatabaseTests() => _database = new SimulatedDatabase(_empty, losesPower: true);

    public void Dispose()
    {
        _database.Dispose();
        _empty.Dispose();
    }

    [Fact]
    public void A_process_that_is_killed_leaves_all_that_it_committed()
    {
        _database.Open();
        Relaxed(1);

        Assert.Equal(1, Reopened());
    }

    [Fact]
    public void A_loss_of_power_takes_what_was_committed_after_the_last_durable_commit()
    {
        _database.Open();
        Relaxed(1);
        Durable();
        Relaxed(2);
        Relaxed(3);

        _database.LosePower(keeps: false);

        Assert.Equal(1, Reopened());
    }

    [Fact]
    public void A_loss_of_power_may_take_nothing()
    {
        _database.Open();
        Durable();
        Relaxed(2);

        _database.LosePower(keeps: true);

        Assert.Equal(2, Reopened());
    }

    [Fact]
    public void What_is_lost_is_lost_over_processes_and_losses()
    {
        _database.Open();
        Relaxed(1);
        // A kill makes nothing durable.
        _database.Open();
        Relaxed(2);
        _database.LosePower(keeps: false);
        Assert.Equal(0, Reopened());

        Durable();
        Relaxed(3);
        _database.LosePower(keeps: false);
        _database.LosePower(keeps: false);
        Assert.Equal(0, Reopened());

        Relaxed(4);
        Durable();
        _database.LosePower(keeps: false);
        Assert.Equal(4, Reopened());
    }

    [Fact]
    public void Two_devices_have_databases_of_their_own()
    {
        using var other = new SimulatedDatabase(_empty, losesPower: false);
        other.Open();
        _database.Open();
        Relaxed(1);

        Assert.Equal(0, Value(other));
        Assert.Throws<InvalidOperationException>(() => other.LosePower(keeps: false));
    }

    private void Relaxed(int value) => _database.Current!.Peers.Save(new PeerRecord(
        Peer, "peer", [], DateTimeOffset.FromUnixTimeSeconds(value), PeerTrust.Certified, FoundBy.Mdns));

    private void Durable() => _database.Current!.Registration.ClearPending();

    private long Reopened()
    {
        _database.Open();
        return Value(_database);
    }

    private static long Value(SimulatedDatabase database) => database.Current!.Peers.Find(Peer)?.LastSeen.ToUnixTimeSeconds() ?? 0;
}
