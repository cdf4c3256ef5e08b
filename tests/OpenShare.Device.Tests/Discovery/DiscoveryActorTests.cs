using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Discovery.Memory;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Tests.Discovery;

/// <summary>The actors, on a segment in memory.</summary>
public sealed class DiscoveryActorTests : DiscoverySpecs
{
    private readonly MemoryMulticast _segment = new();

    [Fact]
    public void What_one_announces_the_other_publishes_and_remembers()
    {
        var (ann, ben) = (Start(At(1), "Ann"), Start(At(2), "Ben", advertised: 4711));

        var sighting = ann.Sights(s => s.DeviceId == ben.Options.DeviceId);

        Assert.Equal(("Ben", ben.Options.ShortFingerprint, FoundBy.Mdns), (sighting.AnnouncedName, sighting.ShortFingerprint, sighting.FoundBy));
        Assert.Equal("10.0.0.2:4711", Assert.Single(sighting.Place.EndPoints).ToString());
        Assert.InRange(sighting.Latency, TimeSpan.Zero, Deadline);
        var snapshot = Snapshot(ann);
        Assert.True(snapshot.IsRunning);
        Assert.Equal("Ann", snapshot.AnnouncedName);
        Assert.Equal(sighting, Assert.Single(snapshot.Peers));
    }

    [Fact]
    public void Who_stops_is_lost_to_others_and_has_lost_them()
    {
        var (ann, ben) = (Start(At(1)), Start(At(2)));
        ann.Sights(s => s.DeviceId == ben.Options.DeviceId);
        ben.Sights(s => s.DeviceId == ann.Options.DeviceId);

        ben.Actor.Tell(DiscoveryCommands.Stop.Instance, ActorRefs.NoSender);

        ann.Loses(ben);
        ben.Loses(ann);
        Assert.False(Snapshot(ben).IsRunning);
        Assert.Empty(Snapshot(ann).Peers);
    }

    [Fact]
    public void Who_starts_again_right_after_stopping_is_sighted_again()
    {
        var (ann, ben) = (Start(At(1)), Start(At(2)));
        ann.Sights(s => s.DeviceId == ben.Options.DeviceId);

        ben.Actor.Tell(DiscoveryCommands.Stop.Instance, ActorRefs.NoSender);
        ben.Actor.Tell(new DiscoveryCommands.Start(ben.Options with { AdvertisedPort = 5000 }), ActorRefs.NoSender);

        ann.Sights(s => s.Place.Port == 5000);
    }

    [Fact]
    public void Other_options_are_announced_without_a_restart()
    {
        var (ann, ben) = (Start(At(1)), Start(At(2)));
        ann.Sights(s => s.DeviceId == ben.Options.DeviceId);

        ben.Actor.Tell(new DiscoveryCommands.Start(ben.Options with { DeviceName = "Benjamin" }), ActorRefs.NoSender);

        ann.Sights(s => s.AnnouncedName == "Benjamin");
    }

    [Fact]
    public void An_actor_that_ends_says_goodbye()
    {
        var (ann, ben) = (Start(At(1)), Start(At(2)));
        ann.Sights(s => s.DeviceId == ben.Options.DeviceId);

        Sys.Stop(ben.Actor);

        ann.Loses(ben);
    }

    [Fact]
    public void One_id_at_two_places_is_published_and_remembered_until_it_ends()
    {
        var (ann, ben) = (Start(At(1)), Start(At(2)));
        ann.Sights(s => s.DeviceId == ben.Options.DeviceId);

        var clone = Start(At(3), id: ben.Options.DeviceId);
        var duplicate = ann.Events.FishForMessage<DiscoveryEvents.DuplicateDevice>(d => d.DeviceId == ben.Options.DeviceId, Deadline);
        Assert.Equal(2, duplicate.Places.Length);
        ben.Events.FishForMessage<DiscoveryEvents.DuplicateDevice>(d => d.DeviceId == ben.Options.DeviceId, Deadline);
        Assert.Single(Snapshot(ann).Duplicates);

        clone.Actor.Tell(DiscoveryCommands.Stop.Instance, ActorRefs.NoSender);
        ann.Events.FishForMessage<DiscoveryEvents.DuplicateEnded>(_ => true, Deadline);
        Assert.Empty(Snapshot(ann).Duplicates);
    }

    [Fact]
    public void A_name_that_is_taken_is_published_with_its_number()
    {
        var first = Start(At(1), "laptop");
        first.Events.ExpectNoMsg(TimeSpan.Zero);
        var second = Start(At(2), "laptop");

        // Both may have been probing still: then either gives way.
        AwaitAssert(() => Assert.Equal(["laptop", "laptop (2)"], new[] { Snapshot(first).AnnouncedName!, Snapshot(second).AnnouncedName! }.Order(StringComparer.Ordinal)), Deadline);
    }

    [Fact]
    public void A_port_that_fails_to_open_is_tried_again()
    {
        var tries = 0;
        var ann = Start(() => ++tries == 1 ? throw new InvalidOperationException("not yet") : At(1)());
        var ben = Start(At(2));

        ann.Sights(s => s.DeviceId == ben.Options.DeviceId);
        Assert.Equal(2, tries);
    }

    [Fact]
    public void A_packet_that_cannot_be_sent_is_published_once_and_so_is_that_one_can_again()
    {
        var port = new Broken(At(1)());
        var ann = Start(() => port);

        var failing = ann.Events.ExpectMsg<DiscoveryEvents.InterfacesFailing>(Deadline).Failing;

        Assert.Equal(new InterfaceFailure("memory", "Permission denied"), Assert.Single(failing));
        // Three probes and an announcement later, all of them refused:
        AwaitCondition(() => port.Refused >= 4, Deadline);
        ann.Events.ExpectNoMsg(TimeSpan.Zero);
        port.Reason = null;
        Assert.Empty(ann.Events.ExpectMsg<DiscoveryEvents.InterfacesFailing>(Deadline).Failing);
    }

    [Fact]
    public void That_an_own_address_is_gone_is_published_and_not_that_there_is_another()
    {
        var port = new Moving(At(1)()) { Addresses = [IPAddress.Parse("10.0.0.1")] };
        var ann = Start(() => port);
        ann.Events.ExpectNoMsg(TimeSpan.Zero);

        port.Move(IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.9"));
        AwaitCondition(() => port.Seen == 2, Deadline);
        ann.Events.ExpectNoMsg(TimeSpan.Zero);
        port.Move(IPAddress.Parse("10.0.0.9"));

        ann.Events.ExpectMsg<DiscoveryEvents.OwnAddressLost>(Deadline);
        // One for each, and not one for the address that was new as well.
        AwaitCondition(() => port.Seen == 1, Deadline);
        Snapshot(ann);
        ann.Events.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Started_anew_it_takes_back_what_it_told_and_finds_it_again()
    {
        var (ann, ben) = (Start(At(1)), Start(At(2)));
        ann.Sights(s => s.DeviceId == ben.Options.DeviceId);

        ann.Actor.Tell(Kill.Instance);

        ann.Loses(ben);
        ann.Sights(s => s.DeviceId == ben.Options.DeviceId);
    }

    [Fact]
    public void When_peers_was_started_anew_it_is_told_who_is_in_sight()
    {
        var (ann, ben) = (Start(At(1)), Start(At(2)));
        var sighting = ann.Sights(s => s.DeviceId == ben.Options.DeviceId);

        ann.Context.Events.Publish(new PeerEvents.Restarted());

        Assert.Equal(sighting, ann.Sights(_ => true));
    }

    private Func<IDiscoveryPort> At(byte host) => () => _segment.Attach(new IPAddress(new byte[] { 10, 0, 0, host }));

    private sealed class Broken(IDiscoveryPort inner) : IDiscoveryPort
    {
        private volatile string? _reason = "Permission denied";

        internal int Refused { get; private set; }

        internal string? Reason { set => _reason = value; }

        public void Open(IActorRef receiver) => inner.Open(receiver);

        public DiscoveryInterfaces Refresh(ImmutableArray<string>? only) => inner.Refresh(only);

        public string? Send(int networkInterface, DiscoveryMedium medium, ReadOnlyMemory<byte> packet, IPEndPoint? to)
        {
            Refused++;
            return _reason;
        }

        public void Release() => inner.Release();

        public void Dispose() => inner.Dispose();
    }

    private sealed class Moving(IDiscoveryPort inner) : IDiscoveryPort
    {
        private IActorRef _receiver = ActorRefs.Nobody;

        internal ImmutableArray<IPAddress> Addresses { get; set; }

        /// <summary>Addresses at the latest look.</summary>
        internal int Seen { get; private set; }

        internal void Move(params ImmutableArray<IPAddress> addresses)
        {
            Addresses = addresses;
            _receiver.Tell(NetworkMayHaveChanged.Instance, ActorRefs.NoSender);
        }

        public void Open(IActorRef receiver) => inner.Open(_receiver = receiver);

        public DiscoveryInterfaces Refresh(ImmutableArray<string>? only)
        {
            var addresses = Addresses;
            Seen = addresses.Length;
            return new([new MdnsInterface(1, "memory", IsLoopback: false, addresses)], []);
        }

        public string? Send(int networkInterface, DiscoveryMedium medium, ReadOnlyMemory<byte> packet, IPEndPoint? to) => inner.Send(networkInterface, medium, packet, to);

        public void Release() => inner.Release();

        public void Dispose() => inner.Dispose();
    }
}
