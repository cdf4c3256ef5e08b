using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Network;

/// <summary>
/// Says whatever anybody on a network can say of a device: announces it as being here, under a name of its own and under the
/// device's, every few seconds, with the words that it heard from the device itself.
/// </summary>
internal sealed class Forger : MinimalActorRef
{
    private const int Interface = 1;
    private const int Port = 6666;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(7);
    private static readonly DnsName Type = DnsName.Of("_openshare", "_tcp", "local");

    private readonly SimulationQueue _queue;
    private readonly SimulatedHost _host;
    private readonly DeviceId _victim;
    private readonly IDiscoveryPort _port;
    private bool _isForging;

    internal Forger(SimulationQueue queue, SimulatedHost host, DeviceId victim)
    {
        (_queue, _host, _victim, _port) = (queue, host, victim, host.OpenPort());
        _port.Open(this);
        _port.Refresh(null);
    }

    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "forger";

    public override IActorRefProvider Provider => throw new NotSupportedException();

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is not DiscoveryDatagram datagram)
            return;
        _port.Release();
        if (_isForging || Words(datagram.Packet.Bytes.Span) is not { } words)
            return;
        _isForging = true;
        Forge(words);
    }

    private DnsRecord? Words(ReadOnlySpan<byte> packet) => DnsMessage.Decode(packet).Answers.FirstOrDefault(
        a => a.Data is DnsData.Text text && ServiceAnnouncement.TryRead(text)?.DeviceId == _victim);

    private void Forge(DnsRecord words)
    {
        var (instance, here) = (DnsName.Of(["forger", .. Type.Labels]), DnsName.Of("forger", "local"));
        Say(
            new DnsRecord(Type, new DnsData.Pointer(instance), 120),
            new DnsRecord(instance, new DnsData.Service(0, 0, Port, here), 120),
            words with { Name = instance, CacheFlush = false },
            new DnsRecord(here, new DnsData.Address(_host.Address), 120));
        Say(new DnsRecord(words.Name, new DnsData.Service(0, 0, Port, here), 120, CacheFlush: true));
        _queue.Schedule(Every, () => Forge(words));
    }

    private void Say(params DnsRecord[] records) =>
        _port.Send(Interface, DiscoveryMedium.Multicast, new DnsMessage { IsResponse = true, Answers = [.. records] }.Encode(), to: null);
}
