using System.Net;
using System.Security.Cryptography;
using OpenShare.Device.Transport;

namespace OpenShare.Simulation.Network;

/// <summary>Notes every write of one device: to whom, how much, and the hash of what.</summary>
internal sealed class TracedTransport(ITransport inner, Trace trace, string device) : ITransport
{
    public ITransportListener Listen(IPEndPoint endpoint) => new Listener(this, inner.Listen(endpoint));

    public async Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation)
    {
        trace.Add(device, $"dials {remote}");
        return new Connection(this, await inner.ConnectAsync(remote, cancellation).ConfigureAwait(false));
    }

    private void Note(IPEndPoint remote, ReadOnlySpan<byte> bytes) =>
        trace.Add(device, $"-> {remote} {bytes.Length} bytes {Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}");

    private sealed class Listener(TracedTransport owner, ITransportListener inner) : ITransportListener
    {
        public IPEndPoint LocalEndPoint => inner.LocalEndPoint;

        public async Task<ITransportConnection> AcceptAsync(CancellationToken cancellation) =>
            new Connection(owner, await inner.AcceptAsync(cancellation).ConfigureAwait(false));

        public void Dispose() => inner.Dispose();
    }

    private sealed class Connection(TracedTransport owner, ITransportConnection inner) : ITransportConnection
    {
        public IPEndPoint Remote => inner.Remote;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation) => inner.ReadAsync(buffer, cancellation);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
        {
            owner.Note(inner.Remote, buffer.Span);
            return inner.WriteAsync(buffer, cancellation);
        }

        public void Dispose() => inner.Dispose();
    }
}
