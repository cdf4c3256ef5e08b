using System.Net;

namespace OpenShare.Device.Transport.Memory;

internal sealed class MemoryTransport(MemoryNetwork network, IPAddress address) : ITransport
{
    public ITransportListener Listen(IPEndPoint endpoint) => network.Listen(new IPEndPoint(address, endpoint.Port));

    public Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation) => network.Connect(address, remote);
}
