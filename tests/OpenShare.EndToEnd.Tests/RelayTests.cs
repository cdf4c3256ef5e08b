using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests;

/// <summary>The test equipment itself: what the other tests conclude from the relay has to hold.</summary>
public sealed class RelayTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _front = Ports.Free();

    public RelayTests() => _listener.Start();

    [Fact]
    public async Task Cuts_every_connection_at_the_byte_and_refuses_until_the_link_is_up_again()
    {
        using var relay = await StartAsync();
        relay.Tell("down 600");
        relay.Tell("cut-at 1000");
        using var near = await ConnectAsync();
        using var far = await _listener.AcceptSocketAsync();

        await near.SendAsync(new byte[5000]);
        var cut = await relay.NextAsync("cut");

        Assert.Equal(1000, cut.Number("passed"));
        await Assert.ThrowsAsync<SocketException>(async () => await near.ReceiveAsync(new byte[1]));
        await Assert.ThrowsAsync<SocketException>(ConnectAsync);
        relay.Tell("up");
        await relay.NextAsync("up");
        using var again = await ConnectAsync();
    }

    [Fact]
    public async Task Inverts_the_one_byte_and_passes_every_other()
    {
        using var relay = await StartAsync();
        relay.Tell("flip-at 70000");
        using var near = await ConnectAsync();
        using var far = await _listener.AcceptSocketAsync();
        await relay.PassedAsync();

        var arrived = ReadToEndAsync(far);
        await near.SendAsync(new byte[100_000]);
        near.Shutdown(SocketShutdown.Send);

        var expected = new byte[100_000];
        expected[70_000] = 0xFF;
        Assert.Equal(expected, await arrived);
    }

    [Fact]
    public async Task Stalls_at_the_byte_and_loses_nothing()
    {
        using var relay = await StartAsync();
        relay.Tell("stall-at 1234");
        using var near = await ConnectAsync();
        using var far = await _listener.AcceptSocketAsync();

        var arrived = ReadToEndAsync(far);
        await near.SendAsync(new byte[50_000]);
        near.Shutdown(SocketShutdown.Send);
        Assert.Equal(1234, (await relay.NextAsync("stalled")).Number("passed"));
        Assert.False(arrived.IsCompleted);
        relay.Tell("go");

        Assert.Equal(50_000, (await arrived).Length);
        Assert.Equal(50_000, await relay.PassedAsync());
    }

    [Fact]
    public async Task Delays_all_that_passes_by_so_much_and_loses_nothing()
    {
        using var relay = await StartAsync();
        relay.Tell("delay 1000");
        using var near = await ConnectAsync();
        using var far = await _listener.AcceptSocketAsync();
        await relay.PassedAsync();
        var (sent, clock) = (new byte[8 * Samples.MiB], Stopwatch.StartNew());
        Random.Shared.NextBytes(sent);

        var arrived = ReadToEndAsync(far);
        await near.SendAsync(sent);
        near.Shutdown(SocketShutdown.Send);

        Assert.Equal(sent, await arrived);
        // Once for all of it, not once for each piece.
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.99, 5);
    }

    public void Dispose() => _listener.Dispose();

    private Task<Relay> StartAsync() => Relay.StartAsync((_front, ((IPEndPoint)_listener.LocalEndpoint).Port));

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _front);
        return socket;
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
