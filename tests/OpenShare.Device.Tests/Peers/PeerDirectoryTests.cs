using System.Net;
using Akka.Event;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport.Memory;

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
}
