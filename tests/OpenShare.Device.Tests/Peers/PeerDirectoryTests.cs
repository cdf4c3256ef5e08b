using System.Net;
using Akka.Event;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Places;

namespace OpenShare.Device.Tests.Peers;

public sealed class PeerDirectoryTests
{
    private static readonly IPEndPoint There = new(IPAddress.Parse("192.0.2.7"), 4747);

    private readonly MemoryPeerStore _store = new();
    private readonly PeerDirectory _directory;
    private readonly DeviceIdentity _bob = new TestOrganisation(1, DateTimeOffset.UtcNow).Enroll("bob");

    public PeerDirectoryTests() => _directory = new PeerDirectory(
        _store,
        new DeviceContext(TimeProvider.System, new SeededRandom(1), new Workers(1), new MemoryTransport(new MemoryNetwork(), IPAddress.Loopback), new DeviceEventBus()),
        NoLogger.Instance);

    [Fact]
    public void A_proof_that_was_under_way_when_its_key_was_found_twice_does_not_make_it_good()
    {
        _directory.Proven(_bob.Certificate, There, isDialled: true);
        _directory.Cloned(_bob.DeviceId);

        _directory.Proven(_bob.Certificate, There, isDialled: true);
        Assert.Equal(PeerTrust.Duplicate, _store.Find(_bob.DeviceId)!.Trust);

        _directory.Refused(_bob.DeviceId, PeerTrust.Expired);
        Assert.Equal(PeerTrust.Duplicate, _store.Find(_bob.DeviceId)!.Trust);

        _directory.Settled(_bob.DeviceId);
        Assert.Equal(PeerTrust.Certified, _store.Find(_bob.DeviceId)!.Trust);
    }

    [Fact]
    public void Whoever_comes_before_it_is_announced_has_its_address_kept_when_it_is()
    {
        _directory.Proven(_bob.Certificate, new IPEndPoint(There.Address, 50_001), isDialled: false);
        Assert.Empty(_store.Find(_bob.DeviceId)!.Endpoints);

        _directory.Sighted(AnnouncedAt(IPAddress.Parse("192.0.2.66")));
        Assert.Empty(_store.Find(_bob.DeviceId)!.Endpoints);

        _directory.Sighted(AnnouncedAt(IPAddress.Parse("2001:db8::7"), There.Address));
        Assert.Equal(There, _store.Find(_bob.DeviceId)!.Endpoints[0]);
    }

    [Fact]
    public void Where_it_was_reached_is_kept_first_and_behind_it_where_else_it_was_announced()
    {
        var (linkLocal, later) = (IPAddress.Parse("fe80::7%2"), IPAddress.Parse("192.0.2.8"));
        _directory.Sighted(AnnouncedAt(There.Address, linkLocal));
        _directory.Proven(_bob.Certificate, new IPEndPoint(linkLocal, There.Port), isDialled: true);
        Assert.Equal([new IPEndPoint(linkLocal, There.Port), There], _store.Find(_bob.DeviceId)!.Endpoints.AsEnumerable());

        _directory.Sighted(AnnouncedAt(later));
        _directory.Proven(_bob.Certificate, new IPEndPoint(later, 50_001), isDialled: false);
        Assert.Equal([new IPEndPoint(later, There.Port), new IPEndPoint(linkLocal, There.Port), There], _store.Find(_bob.DeviceId)!.Endpoints.AsEnumerable());
    }

    private PeerSighting AnnouncedAt(params IPAddress[] addresses) => new(
        _bob.DeviceId, "bob", _bob.Certificate.PublicKey.ShortFingerprint, new PeerPlace("bob.local", There.Port, [.. addresses]), FoundBy.Mdns, TimeSpan.Zero);
}
