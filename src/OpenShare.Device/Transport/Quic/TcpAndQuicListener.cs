using System.Net;

namespace OpenShare.Device.Transport.Quic;

/// <summary>Accepts by either, one at a time. Not for two that accept at once.</summary>
internal sealed class TcpAndQuicListener(ITransportListener tcp, ITransportListener quic) : ITransportListener
{
    private Task<ITransportConnection>? _byTcp;
    private Task<ITransportConnection>? _byQuic;

    public IPEndPoint LocalEndPoint => tcp.LocalEndPoint;

    public int? QuicPort => quic.QuicPort;

    public async Task<ITransportConnection> AcceptAsync(CancellationToken cancellation)
    {
        _byTcp ??= tcp.AcceptAsync(cancellation);
        // Given up with an earlier accept, it takes nobody any more.
        if (_byQuic is { IsCompleted: true, IsCompletedSuccessfully: false })
            _byQuic = null;
        _byQuic ??= quic.AcceptAsync(cancellation);
        // A listener for QUIC that ended leaves TCP's.
        if (await Task.WhenAny(_byTcp, _byQuic).ConfigureAwait(false) == _byQuic && _byQuic.IsCompletedSuccessfully)
            return await Taken(ref _byQuic).ConfigureAwait(false);
        return await Taken(ref _byTcp).ConfigureAwait(false);
    }

    public void Dispose()
    {
        tcp.Dispose();
        quic.Dispose();
    }

    private static Task<ITransportConnection> Taken(ref Task<ITransportConnection>? pending)
    {
        var taken = pending!;
        pending = null;
        return taken;
    }
}
