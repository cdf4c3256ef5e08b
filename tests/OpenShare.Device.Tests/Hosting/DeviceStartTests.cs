using System.Net;
using System.Threading.Channels;
using Akka.Actor;
using OpenShare.Device.Discovery.Memory;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Hosting;

/// <summary>A whole device that starts while others dial it, as one does that comes back in the middle of a transfer.</summary>
public sealed class DeviceStartTests : DeviceRig
{
    [Fact]
    public async Task Nobody_comes_in_before_what_he_says_is_heard()
    {
        using var folder = new TemporaryFolder();
        var identity = Organisation.Enroll("ben");
        Keys.Save((SigningKey)identity.Key);
        var database = DeviceDatabase.OpenInMemory();
        database.Registration.Save(new RegistrationRecord(identity.Server, identity.Certificate, identity.Chain, identity.DiscoveryKeys, ServerTrust: null));
        var listener = new AskingListener(Context.Transport.Listen(new IPEndPoint(IPAddress.Loopback, 0)), () =>
            Context.Events.Publish(new PeerEvents.ControlReceived(identity.DeviceId, new LinkId(1), new Control()))
            && Context.Events.Publish(new PeerEvents.RevocationOffered(identity.DeviceId, new Signed()))
            && Context.Events.Publish(new PeerEvents.WithdrawalsOffered(identity.DeviceId, []))
            && Context.Events.Publish(new PeerEvents.DiscoveryKeyOffered(identity.DeviceId, identity.DiscoveryKeys.Issue!)));
        var adapters = new DeviceAdapters(
            Context, Keys, database, new LocalDisk(), Service, listener, () => new MemoryMulticast().Attach(IPAddress.Loopback), RevocationPace.OnDemand);

        var device = Sys.ActorOf(DeviceActor.Props(adapters, new DeviceSettings("ben", AdvertisedPort: null, [], AcceptPolicy.Own, folder["inbox"])), "device");

        Assert.True(await listener.AnswerAsync(), "who comes in now is not heard by all");
        // Nor does who comes after a failure.
        Sys.ActorSelection(device.Path / "peers").Tell(Kill.Instance);
        Assert.True(await listener.AnswerAsync(), "who comes in after a failure is not heard by all");
    }

    /// <summary>Asks a question whenever a connection is waited for.</summary>
    private sealed class AskingListener(ITransportListener inner, Func<bool> question) : ITransportListener
    {
        private readonly Channel<bool> _answers = System.Threading.Channels.Channel.CreateUnbounded<bool>();

        public IPEndPoint LocalEndPoint => inner.LocalEndPoint;

        internal Task<bool> AnswerAsync() => _answers.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        public Task<ITransportConnection> AcceptAsync(CancellationToken cancellation)
        {
            Assert.True(_answers.Writer.TryWrite(question()));
            return inner.AcceptAsync(cancellation);
        }

        public void Dispose() => inner.Dispose();
    }
}
