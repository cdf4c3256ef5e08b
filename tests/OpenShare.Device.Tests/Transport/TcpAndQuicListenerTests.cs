using System.Net;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Transport.Quic;

namespace OpenShare.Device.Tests.Transport;

public sealed class TcpAndQuicListenerTests
{
    [Fact]
    public async Task Who_came_by_either_is_accepted_also_after_an_accept_was_given_up()
    {
        var here = new MemoryNetwork().Host(IPAddress.Loopback);
        var (tcp, quic) = (here.Listen(new IPEndPoint(IPAddress.Loopback, 1)), here.Listen(new IPEndPoint(IPAddress.Loopback, 2)));
        using var listener = new TcpAndQuicListener(tcp, quic);
        using var stop = new CancellationTokenSource();
        var givenUp = listener.AcceptAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAsync<TransportException>(() => givenUp);

        foreach (var place in new[] { quic.LocalEndPoint, tcp.LocalEndPoint })
        {
            var accepting = listener.AcceptAsync(default);
            using var dialled = await here.ConnectAsync(place, default);
            using var accepted = await accepting.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }
}
