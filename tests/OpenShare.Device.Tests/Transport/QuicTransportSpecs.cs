using System.Net;
using System.Security.Cryptography;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Quic;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Device.Tests.Transport;

public sealed class QuicTransportSpecs : TransportSpecs
{
    private ITransport? _transport;

    private protected override ITransport Transport => _transport ??= QuicHere.Transport();

    // A write is done when the other side has it: of so small ones a second takes few.
    private protected override int BytesAtOnce => 100_000;

    [SkippableFact]
    public async Task Both_ends_know_one_binding_and_no_two_lines_share_it()
    {
        var (a, b) = await Connected();
        var (c, d) = await Connected();
        using var all = new Together(a, b, c, d);

        Assert.Equal(64, a.Binding.Length);
        Assert.Equal(a.Binding.ToArray(), b.Binding.ToArray());
        Assert.Equal(c.Binding.ToArray(), d.Binding.ToArray());
        Assert.NotEqual(a.Binding.ToArray(), c.Binding.ToArray());
        Assert.Equal((Carrier.Quic, Carrier.Quic), (a.Carrier, b.Carrier));
    }

    [SkippableFact]
    public void The_version_that_was_looked_at_goes_by_bbr()
    {
        QuicHere.Needed();
        Skip.IfNot(MsQuicSettings.Version == MsQuicSettings.LookedAt, $"MsQuic {MsQuicSettings.Version} is not the version whose settings are known.");
        Assert.True(MsQuicSettings.IsApplied);
    }

    [SkippableFact]
    public async Task Further_streams_share_the_line_that_is_there_and_none_outlives_it()
    {
        using var listener = Transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        var near = new List<ITransportConnection> { await Transport.ConnectAsync(listener.LocalEndPoint, default) };
        for (var i = 0; i < 4; i++)
            near.Add(await Transport.ConnectFurtherAsync(listener.LocalEndPoint, default));
        var far = new List<ITransportConnection>();
        foreach (var stream in near)
            far.Add(await Greeted(stream, listener.AcceptAsync(default)));

        Assert.All(near.Concat(far), s => Assert.Equal(near[0].Binding.ToArray(), s.Binding.ToArray()));
        // Ended in any order, the others go on.
        near[0].Dispose();
        far[1].Dispose();
        await near[3].WriteAsync("on"u8.ToArray(), default);
        Assert.Equal(2, await far[3].ReadAsync(new byte[2], default));
        near.Concat(far).ToList().ForEach(s => s.Dispose());
        // The line is gone with its last stream: the next has keys of its own.
        await Task.WhenAll(near.Select(async _ => { using var next = await Transport.ConnectAsync(listener.LocalEndPoint, default); }));
        using var after = await Transport.ConnectFurtherAsync(listener.LocalEndPoint, default);
        Assert.NotEqual(near[0].Binding.ToArray(), after.Binding.ToArray());
    }

    // .NET's listener throws whatever one handshake ended with, and of some kinds its own end looks no different.
    [SkippableTheory]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(CryptographicException))]
    public async Task A_handshake_that_fails_in_whatever_way_is_not_the_end_of_listening(Type kind)
    {
        QuicHere.Needed();
        var failures = 0;
        using var listener = QuicTransportListener.Open(new IPEndPoint(IPAddress.Loopback, 0), accept: inner =>
            Interlocked.Increment(ref failures) <= 2 ? throw (Exception)Activator.CreateInstance(kind)! : inner.AcceptConnectionAsync());

        using var near = await Transport.ConnectAsync(listener.LocalEndPoint, default);
        using var far = await Greeted(near, listener.AcceptAsync(default));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_line_on_which_nobody_proves_who_he_is_ends_however_many_streams_he_opens(bool isProven)
    {
        QuicHere.Needed();
        var time = new ManualTime(DateTimeOffset.UnixEpoch);
        using var listener = QuicTransportListener.Open(new IPEndPoint(IPAddress.Loopback, 0), time: time);
        var first = await Transport.ConnectAsync(listener.LocalEndPoint, default);
        var firstFar = await Greeted(first, listener.AcceptAsync(default));
        if (isProven)
            firstFar.MarkProven();
        time.Advance(QuicTransportListener.UnprovenLimit);
        var second = await Transport.ConnectFurtherAsync(listener.LocalEndPoint, default);
        var secondFar = await Greeted(second, listener.AcceptAsync(default));
        using var third = await Transport.ConnectFurtherAsync(listener.LocalEndPoint, default);
        Assert.Equal(first.Binding.ToArray(), third.Binding.ToArray());
        using var all = new Together(first, firstFar, second, secondFar);

        if (isProven)
        {
            using var thirdFar = await Greeted(third, listener.AcceptAsync(default));
            return;
        }
        // Not accepted. Those that were, the handshake above has ended.
        await third.WriteAsync("?"u8.ToArray(), default);
        all.Dispose();
        await Assert.ThrowsAsync<TransportException>(() => third.ReadAsync(new byte[1], default).AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
    }

    // The other side hears of a stream with its first byte.
    private protected override async Task<(ITransportConnection Near, ITransportConnection Far)> Connected()
    {
        using var listener = Transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        var near = await Transport.ConnectAsync(listener.LocalEndPoint, default);
        return (near, await Greeted(near, listener.AcceptAsync(default)));
    }

    private static async Task<ITransportConnection> Greeted(ITransportConnection near, Task<ITransportConnection> accepting)
    {
        await near.WriteAsync("?"u8.ToArray(), default);
        var far = await accepting.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(1, await far.ReadAsync(new byte[1], default));
        return far;
    }

    private sealed class Together(params ITransportConnection[] connections) : IDisposable
    {
        public void Dispose() => connections.ToList().ForEach(c => c.Dispose());
    }
}
