using System.Net;
using Akka.Actor;
using OpenShare.Device.Peers;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Device.Tests.Peers;

/// <summary>Where QUIC lets a stream wait, as when its line is full, the dial is given up in time, and nothing else is the worse for it.</summary>
public sealed class QuicDialTests : PeersKit
{
    private static readonly TimeSpan DialPatience = TimeSpan.FromSeconds(10);

    private readonly Waiting _transport = new();
    private readonly LimitsByHand _time = new();

    private protected override ITransport TransportOf(IPAddress address) => _transport;

    private protected override TimeProvider Time => _time;

    [Fact]
    public async Task A_dial_by_quic_that_nobody_answers_is_given_up()
    {
        var (bob, alice) = (Start("bob", "127.0.0.1"), Start("alice", "127.0.0.1"));
        var (atAlice, atBob) = await Link(alice, bob);
        var transfer = TransferId.New(new SeededRandom(5));
        // Wanted by the one who answered the link: the offer, and with it where to dial, has gone ahead of that.
        bob.Peers.Tell(new PeerCommands.OpenStreams(alice.Id, atBob.Link, transfer, 1, Carrier.Quic));
        await _transport.Dialled.Task.WaitAsync(Patience);
        Assert.False(_transport.GivenUp.Task.IsCompleted);

        _time.Pass(DialPatience);
        await _transport.GivenUp.Task.WaitAsync(Patience);
        alice.Peers.Tell(new PeerCommands.OpenStreams(bob.Id, atAlice.Link, transfer, 1));
        await alice.Hears<PeerEvents.StreamOpened>(o => o.Link == atAlice.Link);
    }

    /// <summary>TCP, and a QUIC beside it that never answers.</summary>
    private sealed class Waiting : ITransport
    {
        private readonly TcpTransport _tcp = new();

        public TaskCompletionSource Dialled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource GivenUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ITransport Quic => new Never(this);

        public ITransportListener Listen(IPEndPoint endpoint) => new Telling(_tcp.Listen(endpoint));

        public Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation) => _tcp.ConnectAsync(remote, cancellation);

        private sealed class Never(Waiting outer) : ITransport
        {
            public ITransportListener Listen(IPEndPoint endpoint) => throw new NotSupportedException();

            public async Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation)
            {
                outer.Dialled.TrySetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }
                catch (OperationCanceledException)
                {
                    outer.GivenUp.TrySetResult();
                }
                throw new TransportException("no answer in time");
            }
        }

        private sealed class Telling(ITransportListener inner) : ITransportListener
        {
            public IPEndPoint LocalEndPoint => inner.LocalEndPoint;

            public int? QuicPort => LocalEndPoint.Port;

            public Task<ITransportConnection> AcceptAsync(CancellationToken cancellation) => inner.AcceptAsync(cancellation);

            public void Dispose() => inner.Dispose();
        }
    }

    /// <summary>A clock as it is, with limits that are over when the test says so.</summary>
    private sealed class LimitsByHand : TimeProvider
    {
        private readonly List<(TimeSpan Due, Action End)> _limits = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_limits)
                _limits.Add((dueTime, () => callback(state)));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Pass(TimeSpan limit)
        {
            lock (_limits)
                _limits.Where(l => l.Due == limit).ToList().ForEach(l => l.End());
        }
    }
}
