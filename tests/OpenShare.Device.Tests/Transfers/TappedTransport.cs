using System.Net;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A transport as it is, and how many bytes each carrier was given on connections that were dialled by it.</summary>
internal sealed class TappedTransport(ITransport inner, TappedTransport? outer = null) : ITransport
{
    private readonly long[] _written = new long[2];
    private TappedTransport? _quic;

    /// <summary>A port that is told to others in the place of the one where QUIC is listened for.</summary>
    public int? QuicPortTold { get; init; }

    public ITransport? Quic => inner.Quic is { } quic ? _quic ??= new TappedTransport(quic, this) : null;

    public long Written(Carrier carrier) => Volatile.Read(ref (outer ?? this)._written[(int)carrier]);

    public ITransportListener Listen(IPEndPoint endpoint) =>
        QuicPortTold is { } port ? new Liar(inner.Listen(endpoint), port) : inner.Listen(endpoint);

    public async Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation) =>
        new Tap(await inner.ConnectAsync(remote, cancellation), outer ?? this);

    public async Task<ITransportConnection> ConnectFurtherAsync(IPEndPoint remote, CancellationToken cancellation) =>
        new Tap(await inner.ConnectFurtherAsync(remote, cancellation), outer ?? this);

    private sealed class Tap(ITransportConnection inner, TappedTransport counts) : ITransportConnection
    {
        public IPEndPoint Remote => inner.Remote;

        public Carrier Carrier => inner.Carrier;

        public ReadOnlyMemory<byte> Binding => inner.Binding;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation) => inner.ReadAsync(buffer, cancellation);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
        {
            Interlocked.Add(ref counts._written[(int)Carrier], buffer.Length);
            return inner.WriteAsync(buffer, cancellation);
        }

        public void Dispose() => inner.Dispose();
    }

    private sealed class Liar(ITransportListener inner, int port) : ITransportListener
    {
        public IPEndPoint LocalEndPoint => inner.LocalEndPoint;

        public int? QuicPort => port;

        public Task<ITransportConnection> AcceptAsync(CancellationToken cancellation) => inner.AcceptAsync(cancellation);

        public void Dispose() => inner.Dispose();
    }
}
