using System.Net;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A transport as it is, and how many bytes each carrier was given by its side, and in which order they carried chunks.</summary>
internal sealed class TappedTransport(ITransport inner, TappedTransport? outer = null) : ITransport
{
    private const int AChunk = 64 * 1024;

    private readonly long[] _written = new long[2];
    private readonly List<Carrier> _order = [];
    private TappedTransport? _quic;

    /// <summary>A port that is told to others in the place of the one where QUIC is listened for.</summary>
    public int? QuicPortTold { get; init; }

    /// <summary>Its connections by TCP say that loss holds them back.</summary>
    public bool IsHeldBack { get; init; }

    public ITransport? Quic => inner.Quic is { } quic ? _quic ??= new TappedTransport(quic, this) : null;

    public long Written(Carrier carrier) => Volatile.Read(ref (outer ?? this)._written[(int)carrier]);

    /// <summary>Chunks went first by the one, then by the other, and so on.</summary>
    public IReadOnlyList<Carrier> Order
    {
        get
        {
            lock (_order)
                return [.. _order];
        }
    }

    /// <summary>When the order has changed.</summary>
    public Action OnMoved { get; set; } = () => { };

    public ITransportListener Listen(IPEndPoint endpoint) => new Listener(inner.Listen(endpoint), this);

    private void Count(Carrier carrier, int bytes)
    {
        Interlocked.Add(ref _written[(int)carrier], bytes);
        if (bytes < AChunk)
            return;
        lock (_order)
        {
            if (_order.Count > 0 && _order[^1] == carrier)
                return;
            _order.Add(carrier);
        }
        OnMoved();
    }

    public async Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation) =>
        new Tap(await inner.ConnectAsync(remote, cancellation), outer ?? this);

    public async Task<ITransportConnection> ConnectFurtherAsync(IPEndPoint remote, CancellationToken cancellation) =>
        new Tap(await inner.ConnectFurtherAsync(remote, cancellation), outer ?? this);

    private sealed class Tap(ITransportConnection inner, TappedTransport counts) : ITransportConnection
    {
        public IPEndPoint Remote => inner.Remote;

        public Carrier Carrier => inner.Carrier;

        public ReadOnlyMemory<byte> Binding => inner.Binding;

        public bool IsHeldBackByLoss => Carrier == Carrier.Tcp && counts.IsHeldBack;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation) => inner.ReadAsync(buffer, cancellation);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
        {
            counts.Count(Carrier, buffer.Length);
            return inner.WriteAsync(buffer, cancellation);
        }

        public void MarkProven() => inner.MarkProven();

        public void Dispose() => inner.Dispose();
    }

    private sealed class Listener(ITransportListener inner, TappedTransport counts) : ITransportListener
    {
        public IPEndPoint LocalEndPoint => inner.LocalEndPoint;

        public int? QuicPort => counts.QuicPortTold ?? inner.QuicPort;

        public async Task<ITransportConnection> AcceptAsync(CancellationToken cancellation) => new Tap(await inner.AcceptAsync(cancellation), counts);

        public void Dispose() => inner.Dispose();
    }
}
