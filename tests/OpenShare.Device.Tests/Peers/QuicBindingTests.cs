using System.Net;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>Somebody in between, who carries every byte on as it is: by TCP he sees nothing of what he carries, by QUIC he would have to end its TLS himself.</summary>
public sealed class QuicBindingTests : PeersKit
{
    private ITransport _transport = new TcpTransport();

    private protected override ITransport TransportOf(IPAddress address) => _transport;

    [SkippableFact]
    public async Task Whoever_ends_the_tls_of_quic_himself_is_refused()
    {
        _transport = QuicHere.Transport();
        var (bob, alice) = (Start("bob", "127.0.0.1"), Organisation.Enroll("alice"));
        using var between = new Between(_transport, bob.Address);

        var through = await DialAsync(alice, bob, between.Address);
        Assert.IsNotType<HandshakeOutcome.Open>(through);
        Assert.True(between.CarriedBothWays, "Nothing came through him, so nothing was tried.");

        // Without him the same two open a link: he is what was refused.
        Assert.IsType<HandshakeOutcome.Open>(await DialAsync(alice, bob, bob.Address));
    }

    [Fact]
    public async Task By_tcp_he_carries_what_he_cannot_read()
    {
        var (bob, alice) = (Start("bob", "127.0.0.1"), Organisation.Enroll("alice"));
        using var between = new Between(_transport, bob.Address);

        Assert.IsType<HandshakeOutcome.Open>(await DialAsync(alice, bob, between.Address));
    }

    [SkippableFact]
    public async Task Nor_does_a_stream_join_through_him()
    {
        _transport = QuicHere.Transport();
        var bob = Start("bob", "127.0.0.1");
        var (link, context) = await DialByHand(Organisation.Enroll("alice"), bob);
        using var control = link.Control;
        await bob.Hears<PeerEvents.LinkOpened>();
        using var between = new Between(_transport, bob.Address);
        var transfer = TransferId.New(new SeededRandom(5));

        var joined = await new StreamRunner(context).DialAsync(between.Address, link.Result.Session, 1, transfer, default).WaitAsync(Patience);
        Assert.Null(joined.Stream);

        var direct = await new StreamRunner(context).DialAsync(bob.Address, link.Result.Session, 1, transfer, default).WaitAsync(Patience);
        Assert.True(direct.Stream is not null, direct.Problem);
    }

    private async Task<HandshakeOutcome> DialAsync(DeviceIdentity alice, Side bob, IPEndPoint at) =>
        await new HandshakeRunner(ContextAt(IPAddress.Loopback), PartyOf(alice))
            .DialAsync(at, bob.Id, Authentication.Types.Purpose.Link, mayConclude: null, default).WaitAsync(Patience);

    private sealed class Between : IDisposable
    {
        private readonly ITransport _transport;
        private readonly IPEndPoint _to;
        private readonly ITransportListener _listener;
        private readonly CancellationTokenSource _stop = new();
        private int _there;
        private int _back;

        internal Between(ITransport transport, IPEndPoint to)
        {
            (_transport, _to) = (transport, to);
            _listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
            _ = AcceptAsync();
        }

        internal IPEndPoint Address => _listener.LocalEndPoint;

        internal bool CarriedBothWays => Volatile.Read(ref _there) > 0 && Volatile.Read(ref _back) > 0;

        public void Dispose()
        {
            _stop.Cancel();
            _listener.Dispose();
            _stop.Dispose();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    var near = await _listener.AcceptAsync(_stop.Token);
                    var far = await _transport.ConnectAsync(_to, _stop.Token);
                    _ = CarryAsync(near, far, count => Interlocked.Add(ref _there, count));
                    _ = CarryAsync(far, near, count => Interlocked.Add(ref _back, count));
                }
            }
            catch (TransportException)
            {
                // The test is over.
            }
        }

        private static async Task CarryAsync(ITransportConnection from, ITransportConnection to, Action<int> count)
        {
            var buffer = new byte[4096];
            try
            {
                while (await from.ReadAsync(buffer, default) is > 0 and var read)
                {
                    count(read);
                    await to.WriteAsync(buffer.AsMemory(0, read), default);
                }
            }
            catch (TransportException)
            {
                // One of them ended it.
            }
            from.Dispose();
            to.Dispose();
        }
    }
}
