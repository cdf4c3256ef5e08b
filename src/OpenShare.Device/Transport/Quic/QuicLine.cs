using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Authentication;

namespace OpenShare.Device.Transport.Quic;

/// <summary>One QUIC connection, and all streams on it: it ends with the last of them.</summary>
[SupportedOSPlatform("linux"), SupportedOSPlatform("macos")]
internal sealed class QuicLine
{
    /// <summary>Streams on one: a link's own, and those that it may ask for at once, twice.</summary>
    internal const int MostStreams = 33;

    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan SignOfLifeEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    // What a stranger may have us hold, and far more than the fastest of the lines with a delay needs.
    private const int Window = 4 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Task<(QuicConnection Connection, byte[] Binding)> _opened;
    private int _users = 1;
    private bool _isProven;

    private QuicLine(IPEndPoint remote)
    {
        Remote = remote;
        _opened = DialAsync(remote);
    }

    internal QuicLine(QuicConnection accepted, byte[] binding)
    {
        Remote = Unmapped(accepted.RemoteEndPoint);
        _opened = Task.FromResult((accepted, binding));
    }

    internal IPEndPoint Remote { get; }

    /// <summary>On one of its streams the other end has proven who it is.</summary>
    internal bool IsProven
    {
        get => Volatile.Read(ref _isProven);
        set => Volatile.Write(ref _isProven, value);
    }

    internal bool IsUsed
    {
        get
        {
            lock (_lock)
                return _users > 0;
        }
    }

    /// <summary>Of one that was accepted: besides whoever accepts its streams.</summary>
    internal bool HasStreams
    {
        get
        {
            lock (_lock)
                return _users > 1;
        }
    }

    /// <summary>Dialled for one user; it is to let go of it once.</summary>
    internal static QuicLine Dial(IPEndPoint remote) => new(remote);

    /// <returns>false: it has ended, or is about to</returns>
    internal bool TryTake()
    {
        lock (_lock)
        {
            if (_users == 0 || _opened.IsFaulted || _opened.IsCanceled)
                return false;
            _users++;
            return true;
        }
    }

    internal void Release()
    {
        lock (_lock)
        {
            if (--_users > 0)
                return;
        }
        _ = EndAsync();
    }

    /// <summary>For a user of the line, whose part in it the stream takes over.</summary>
    /// <exception cref="TransportException">nobody there, or the line broke</exception>
    internal async Task<QuicStreamConnection> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            var (connection, binding) = await _opened.WaitAsync(cancellation).ConfigureAwait(false);
            var stream = await connection.OpenOutboundStreamAsync(QuicStreamType.Bidirectional, cancellation).ConfigureAwait(false);
            return new QuicStreamConnection(this, stream, binding);
        }
        catch (Exception error) when (IsBroken(error))
        {
            Release();
            throw new TransportException($"Cannot reach {Remote} by QUIC: {(error is OperationCanceledException ? "no answer in time" : error.Message)}.", error);
        }
    }

    internal static void Limit(QuicConnectionOptions options)
    {
        options.DefaultCloseErrorCode = 0;
        options.DefaultStreamErrorCode = 0;
        options.HandshakeTimeout = Patience;
        options.IdleTimeout = LongestSilence;
        options.KeepAliveInterval = SignOfLifeEvery;
        options.InitialReceiveWindowSizes.Connection = Window;
    }

    private static bool IsBroken(Exception error) =>
        error is QuicException or SocketException or AuthenticationException or ObjectDisposedException or OperationCanceledException;

    private static async Task<(QuicConnection, byte[])> DialAsync(IPEndPoint remote)
    {
        var certificate = QuicCertificate.New();
        var options = new QuicClientConnectionOptions
        {
            RemoteEndPoint = remote,
            ClientAuthenticationOptions = new SslClientAuthenticationOptions
            {
                TargetHost = QuicCertificate.Name,
                ApplicationProtocols = [QuicCertificate.Protocol],
                EnabledSslProtocols = SslProtocols.Tls13,
                RemoteCertificateValidationCallback = QuicCertificate.IsThere,
                ClientCertificates = [certificate],
                LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate,
            },
        };
        Limit(options);
        var connection = await QuicConnection.ConnectAsync(options).ConfigureAwait(false);
        return (connection, QuicCertificate.Binding(certificate, connection.RemoteCertificate!));
    }

    // One that is still being dialled ends when that has come to something, in Patience at most.
    private async Task EndAsync()
    {
        try
        {
            var (connection, _) = await _opened.ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (IsBroken(error))
        {
            // It never was, or is no more.
        }
    }

    // A dual-mode listener shows IPv4 peers as ::ffff:a.b.c.d.
    private static IPEndPoint Unmapped(IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;
}
