using System.Net;
using OpenShare.Device.Transport;

namespace OpenShare.Device.Tests.Transport;

/// <summary>What every transport promises; the same specs run over each.</summary>
public abstract class TransportSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private protected abstract ITransport Transport { get; }

    /// <summary>Enough for two threads to meet in every way.</summary>
    private protected virtual int BytesAtOnce => 4_000_000;

    private static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    [SkippableFact]
    public async Task Bytes_arrive_in_order_and_whole()
    {
        var (near, far) = await Connected();
        using var a = near;
        using var b = far;
        var sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);
        var received = new byte[sent.Length];

        var writing = Write(a, sent);
        for (var got = 0; got < received.Length;)
        {
            var read = await b.ReadAsync(received.AsMemory(got), default).AsTask().WaitAsync(Patience);
            Assert.True(read > 0);
            got += read;
        }
        await writing;

        Assert.Equal(sent, received);
    }

    [SkippableFact]
    public async Task Both_directions_are_independent()
    {
        var (near, far) = await Connected();
        using var a = near;
        using var b = far;
        await a.WriteAsync("to b"u8.ToArray(), default);
        await b.WriteAsync("to a"u8.ToArray(), default);

        Assert.Equal("to a", await Read(a));
        Assert.Equal("to b", await Read(b));
    }

    [SkippableFact]
    public async Task Both_ends_may_read_and_write_at_once()
    {
        var bytes = BytesAtOnce;
        var (near, far) = await Connected();
        using var a = near;
        using var b = far;

        Task[] pumps = [Task.Run(() => Send(a)), Task.Run(() => Send(b)), Task.Run(() => Receive(a)), Task.Run(() => Receive(b))];

        await Task.WhenAll(pumps).WaitAsync(Patience);

        async Task Send(ITransportConnection connection)
        {
            for (var sent = 0; sent < bytes; sent += 100)
                await connection.WriteAsync(new byte[100], default);
        }

        async Task Receive(ITransportConnection connection)
        {
            var buffer = new byte[1000];
            for (var got = 0; got < bytes;)
                got += await connection.ReadAsync(buffer, default);
        }
    }

    [SkippableFact]
    public async Task An_end_is_read_after_the_last_byte()
    {
        var (near, far) = await Connected();
        using var b = far;
        await near.WriteAsync("last"u8.ToArray(), default);
        near.Dispose();

        Assert.Equal("last", await Read(b));
        Assert.Equal(0, await b.ReadAsync(new byte[1], default).AsTask().WaitAsync(Patience));
    }

    [SkippableFact]
    public async Task A_writer_waits_for_its_reader()
    {
        var (near, far) = await Connected();
        using var b = far;
        var writing = Write(near, new byte[64 * 1024 * 1024]);

        // Buffers are bounded: so much cannot have been taken in by anybody.
        Assert.False(writing.IsCompleted);
        near.Dispose();

        await Assert.ThrowsAsync<TransportException>(() => writing.WaitAsync(Patience));
    }

    [SkippableFact]
    public async Task Disposing_ends_a_read_that_waits_here()
    {
        var (near, far) = await Connected();
        using var b = far;
        var reading = near.ReadAsync(new byte[1], default).AsTask();
        near.Dispose();

        await Assert.ThrowsAsync<TransportException>(() => reading.WaitAsync(Patience));
    }

    [SkippableFact]
    public async Task Cancelling_ends_a_read()
    {
        var (near, far) = await Connected();
        using var a = near;
        using var b = far;
        using var stop = new CancellationTokenSource();
        var reading = a.ReadAsync(new byte[1], stop.Token).AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAsync<TransportException>(() => reading.WaitAsync(Patience));
    }

    [SkippableFact]
    public async Task Connecting_where_nobody_listens_is_refused()
    {
        var listener = Transport.Listen(AnyPort);
        var address = listener.LocalEndPoint;
        listener.Dispose();

        var error = await Assert.ThrowsAsync<TransportException>(() => Transport.ConnectAsync(address, default).WaitAsync(Patience));
        Assert.Contains(address.ToString(), error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_disposed_listener_ends_its_accept()
    {
        var listener = Transport.Listen(AnyPort);
        var accepting = listener.AcceptAsync(default);
        listener.Dispose();

        await Assert.ThrowsAsync<TransportException>(() => accepting.WaitAsync(Patience));
    }

    [SkippableFact]
    public void A_taken_address_is_refused_with_its_name()
    {
        using var first = Transport.Listen(AnyPort);

        var error = Assert.Throws<TransportException>(() => Transport.Listen(first.LocalEndPoint));
        Assert.Contains(first.LocalEndPoint.ToString(), error.Message, StringComparison.Ordinal);
    }

    private protected virtual async Task<(ITransportConnection Near, ITransportConnection Far)> Connected()
    {
        using var listener = Transport.Listen(AnyPort);
        var accepting = listener.AcceptAsync(default);
        var near = await Transport.ConnectAsync(listener.LocalEndPoint, default).WaitAsync(Patience);
        return (near, await accepting.WaitAsync(Patience));
    }

    private static async Task Write(ITransportConnection connection, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; at += 100_000)
            await connection.WriteAsync(bytes.AsMemory(at, Math.Min(100_000, bytes.Length - at)), default);
    }

    private static async Task<string> Read(ITransportConnection connection)
    {
        var buffer = new byte[4];
        for (var got = 0; got < buffer.Length;)
            got += await connection.ReadAsync(buffer.AsMemory(got), default).AsTask().WaitAsync(Patience);
        return System.Text.Encoding.ASCII.GetString(buffer);
    }
}
