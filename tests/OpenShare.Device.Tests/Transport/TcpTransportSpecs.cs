using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Tcp;

namespace OpenShare.Device.Tests.Transport;

public sealed class TcpTransportSpecs : TransportSpecs
{
    private protected override ITransport Transport { get; } = new TcpTransport();
}
