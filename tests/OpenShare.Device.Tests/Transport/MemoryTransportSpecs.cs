using System.Net;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;

namespace OpenShare.Device.Tests.Transport;

public sealed class MemoryTransportSpecs : TransportSpecs
{
    private protected override ITransport Transport { get; } = new MemoryNetwork().Host(IPAddress.Loopback);

    [Fact]
    public async Task A_read_that_makes_room_for_the_writer_holds_no_lock()
    {
        var onDelivery = () => { };
        var transport = new MemoryNetwork(delivery =>
        {
            onDelivery();
            delivery();
        }).Host(IPAddress.Loopback);
        using var listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        using var near = await transport.ConnectAsync(listener.LocalEndPoint, default);
        using var far = await listener.AcceptAsync(default);
        await near.WriteAsync(new byte[1], default);
        var wasFree = false;
        onDelivery = () =>
        {
            onDelivery = () => { };
            // Another thread uses the end that reads: two ends that held theirs would wait for each other for ever.
            wasFree = Task.Run(() => far.WriteAsync(new byte[1], default).AsTask()).Wait(TimeSpan.FromSeconds(5));
        };

        await far.ReadAsync(new byte[1], default);

        Assert.True(wasFree);
    }
}
