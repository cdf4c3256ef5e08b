using System.Net;
using System.Net.Sockets;
using OpenShare.Device.Discovery.Udp;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>The sockets of one interface, and the questions from them: by multicast from two ports, and by broadcast.</summary>
internal sealed class InterfaceQuestions : IDisposable
{
    private readonly Hearing _hearing;
    private readonly List<GroupSocket> _groups = [];
    private readonly List<HelperSocket> _multicast = [];
    private readonly List<HelperSocket> _broadcast = [];

    /// <param name="own">this host's addresses</param>
    /// <param name="id">of the questions that are answered to this host alone</param>
    internal InterfaceQuestions(HostInterface network, IReadOnlySet<IPAddress> own, ushort id, CancellationToken ended)
    {
        _hearing = new Hearing(network, own);
        foreach (var isV6 in (bool[])[false, true])
        {
            var family = isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            if (network.Addresses.Any(a => a.Address.AddressFamily == family))
                _hearing.OpenedMulticast(SendOutcome.OfOpening(() => OpenMulticast(network.Index, isV6, id, ended)));
        }
        foreach (var address in network.Addresses)
        {
            if (Broadcasts.Of(address.Address, address.PrefixLength) is { } subnet)
                SendOutcome.OfOpening(() => _broadcast.Add(HelperSocket.Broadcast(address.Address, subnet, id)));
        }
        _broadcast.ForEach(s => _ = s.Hear(_hearing.AnsweredBroadcast, ended));
    }

    internal InterfaceFacts Facts => _hearing.Facts();

    internal void Send()
    {
        _multicast.ForEach(s => _hearing.SentMulticast(s.Send()));
        _groups.ForEach(s => _hearing.SentMulticast(s.Send()));
        _broadcast.ForEach(s => _hearing.SentBroadcast(s.Send()));
    }

    public void Dispose()
    {
        _groups.ForEach(s => s.Dispose());
        _multicast.ForEach(s => s.Dispose());
        _broadcast.ForEach(s => s.Dispose());
    }

    private void OpenMulticast(int networkInterface, bool isV6, ushort id, CancellationToken ended)
    {
        var alone = HelperSocket.Multicast(networkInterface, isV6, id);
        _multicast.Add(alone);
        _ = alone.Hear(_hearing.AnsweredAlone, ended);
        var group = new GroupSocket(networkInterface, isV6);
        _groups.Add(group);
        _ = group.Hear(_hearing.HeardMulticast, ended);
    }
}
