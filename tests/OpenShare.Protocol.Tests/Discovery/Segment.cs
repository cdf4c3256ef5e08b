using System.Net;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery;

/// <summary>Machines on one network segment in virtual time: what one sends, all hear a millisecond later, itself too.</summary>
internal sealed class Segment(int seed)
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    private readonly Random _dice = new(seed);
    private readonly PriorityQueue<(Node To, MdnsInput Input), (DateTimeOffset At, long Order)> _underWay = new();
    private readonly List<Node> _nodes = [];
    private long _order;

    internal DateTimeOffset Now { get; private set; } = Some.Start;

    /// <summary>How many of a hundred packets do not arrive at one receiver.</summary>
    internal int LossPercent { get; set; }

    /// <summary>What does not get from one to another.</summary>
    internal Func<Node, Node, DiscoveryMedium, bool> Blocks { get; set; } = (_, _, _) => false;

    /// <summary>Whoever this returns false for hears nothing.</summary>
    internal Func<Node, bool> Hears { get; set; } = _ => true;

    internal List<(DateTimeOffset At, Node From, DiscoveryMedium Medium, DnsMessage Message)> Sent { get; } = [];

    internal IReadOnlyList<Node> Nodes => _nodes;

    /// <param name="second">another interface of it on this segment</param>
    internal Node Join(MdnsOptions options, int? host = null, int index = 2, MdnsInterface? second = null)
    {
        var node = new Node(new MdnsMachine(options, new Some.Random(seed + _nodes.Count)), Some.Network(host ?? _nodes.Count + 1, index), second, _nodes.Count);
        _nodes.Add(node);
        Feed(node, new MdnsInput.InterfacesChanged([.. node.Networks]));
        return node;
    }

    internal void Feed(Node node, MdnsInput input)
    {
        foreach (var effect in node.Machine.Handle(input, Now))
        {
            node.Effects.Add((Now, effect));
            if (effect is MdnsEffect.Send send)
                Deliver(node, send);
        }
    }

    /// <summary>Says something on the segment that no machine said.</summary>
    internal void Inject(DnsMessage message, IPEndPoint from)
    {
        foreach (var node in _nodes)
            Feed(node, new MdnsInput.PacketReceived(node.Network.Index, new MdnsPacket(from, message.Encode())));
    }

    /// <summary>A machine that dies without a word.</summary>
    internal void Kill(Node node) => _nodes.Remove(node);

    internal void Run(TimeSpan time)
    {
        var end = Now + time;
        while (true)
        {
            var timeout = _nodes.Where(n => n.Machine.NextTimeout is not null).MinBy(n => n.Machine.NextTimeout!.Value);
            var packet = _underWay.TryPeek(out _, out var at) ? at.At : DateTimeOffset.MaxValue;
            var next = timeout?.Machine.NextTimeout is { } due && due < packet ? due : packet;
            if (next > end)
                break;
            Now = next > Now ? next : Now;
            if (next == packet)
            {
                var (to, input) = _underWay.Dequeue();
                if (_nodes.Contains(to) && Hears(to))
                    Feed(to, input);
            }
            else
            {
                Feed(timeout!, new MdnsInput.TimeoutReached());
            }
        }

        Now = end;
    }

    private void Deliver(Node from, MdnsEffect.Send send)
    {
        Sent.Add((Now, from, send.Medium, DnsMessage.Decode(send.Packet.Span)));
        var source = new IPEndPoint(from.Networks.First(n => n.Index == send.Interface).Addresses[0], send.Medium == DiscoveryMedium.Multicast ? MdnsMachine.Port : MdnsMachine.BroadcastPort);
        foreach (var node in _nodes)
        {
            foreach (var network in node.Networks)
            {
                if (_dice.Next(100) >= LossPercent && (node == from || !Blocks(from, node, send.Medium)))
                    _underWay.Enqueue((node, new MdnsInput.PacketReceived(network.Index, new MdnsPacket(source, send.Packet), send.Medium)), (Now + Latency, _order++));
            }
        }
    }

    internal sealed record Node(MdnsMachine Machine, MdnsInterface Network, MdnsInterface? Second, int Number)
    {
        internal IEnumerable<MdnsInterface> Networks => Second is null ? [Network] : [Network, Second];

        internal List<(DateTimeOffset At, MdnsEffect Effect)> Effects { get; } = [];

        internal IEnumerable<T> Said<T>() where T : MdnsEffect => Effects.Select(e => e.Effect).OfType<T>();

        public bool Equals(Node? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => Number;
    }
}
