using System.Collections.Concurrent;
using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;

namespace OpenShare.Device.Transport.Quic;

/// <summary>Accepts lines, few at once of an address, and hands on each stream that the other side opens on them.</summary>
[SupportedOSPlatform("linux"), SupportedOSPlatform("macos")]
internal sealed class QuicTransportListener : ITransportListener
{
    internal const int MostLines = 256;
    internal const int MostOfAnAddress = 24;
    private const int Backlog = 64;

    /// <summary>So long a line serves whoever proves on none of its streams who he is.</summary>
    internal static readonly TimeSpan UnprovenLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<QuicLine, IPAddress> _lines = [];
    private readonly ConditionalWeakTable<QuicConnection, X509Certificate2> _certificates = [];
    private readonly Channel<ITransportConnection> _accepted = System.Threading.Channels.Channel.CreateBounded<ITransportConnection>(Backlog);
    private readonly Func<QuicListener, ValueTask<QuicConnection>> _accept;
    private readonly TimeProvider _time;
    private QuicListener _listener = null!;
    private volatile bool _isDisposed;

    private QuicTransportListener(Func<QuicListener, ValueTask<QuicConnection>> accept, TimeProvider time) => (_accept, _time) = (accept, time);

    public IPEndPoint LocalEndPoint => _listener.LocalEndPoint;

    public int? QuicPort => LocalEndPoint.Port;

    /// <param name="accept">tests: how it fails</param>
    /// <exception cref="QuicException">it cannot be listened there</exception>
    internal static QuicTransportListener Open(IPEndPoint endpoint, Func<QuicListener, ValueTask<QuicConnection>>? accept = null, TimeProvider? time = null)
    {
        var at = endpoint.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.Any, endpoint.Port) : endpoint;
        var opened = new QuicTransportListener(accept ?? (listener => listener.AcceptConnectionAsync()), time ?? TimeProvider.System);
        opened._listener = QuicListener.ListenAsync(new QuicListenerOptions
        {
            ListenEndPoint = at,
            ApplicationProtocols = [QuicCertificate.Protocol],
            ListenBacklog = Backlog,
            ConnectionOptionsCallback = (connection, _, _) => ValueTask.FromResult(opened.OptionsOf(connection)),
        }).AsTask().GetAwaiter().GetResult();
        _ = opened.AcceptLinesAsync();
        return opened;
    }

    public async Task<ITransportConnection> AcceptAsync(CancellationToken cancellation)
    {
        try
        {
            return await _accepted.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is ChannelClosedException or OperationCanceledException)
        {
            throw new TransportException($"Cannot accept connections on {LocalEndPoint} by QUIC: {error.Message}.", error);
        }
    }

    /// <summary>Lines that were accepted stay for as long as they have streams.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _accepted.Writer.TryComplete();
        _ = _listener.DisposeAsync().AsTask();
    }

    private QuicServerConnectionOptions OptionsOf(QuicConnection connection)
    {
        var certificate = QuicCertificate.New();
        _certificates.Add(connection, certificate);
        var options = new QuicServerConnectionOptions
        {
            MaxInboundBidirectionalStreams = QuicLine.MostStreams,
            ServerAuthenticationOptions = new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ApplicationProtocols = [QuicCertificate.Protocol],
                EnabledSslProtocols = SslProtocols.Tls13,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = QuicCertificate.IsThere,
            },
        };
        QuicLine.Limit(options);
        return options;
    }

    private async Task AcceptLinesAsync()
    {
        while (!_isDisposed)
        {
            try
            {
                var connection = await _accept(_listener).ConfigureAwait(false);
                _ = ServeAsync(connection);
            }
            catch (Exception error) when (error is QuicException { QuicError: not QuicError.OperationAborted } or AuthenticationException)
            {
                // One handshake that failed; the next may not.
            }
            catch (Exception)
            {
                // Of whatever kind, that may be one handshake's too: anybody can make one fail, and none of them ends the
                // listening. Should it be the listener itself, this does not turn without a pause.
                if (!_isDisposed)
                    await Task.Delay(AfterFailure).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(QuicConnection connection)
    {
        QuicLine? line = null;
        try
        {
            // Without a certificate of the other side's there is nothing to bind to.
            if (connection.RemoteCertificate is not { } theirs || !_certificates.TryGetValue(connection, out var ours))
                return;
            var binding = QuicCertificate.Binding(theirs, ours);
            line = new QuicLine(connection, binding);
            _lines.TryAdd(line, line.Remote.Address);
            if (_lines.Count <= MostLines && _lines.Values.Count(a => a.Equals(line.Remote.Address)) <= MostOfAnAddress)
                await AcceptStreamsAsync(line, connection, binding).ConfigureAwait(false);
        }
        finally
        {
            if (line is null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                _lines.TryRemove(line, out _);
                line.Release();
            }
        }
    }

    // Whoever opens no stream is let go of; who they are that do, the handshake above finds out, in its own time. It has ended by
    // then the streams of one who proves nothing, and with the last of them the line ends.
    private async Task AcceptStreamsAsync(QuicLine line, QuicConnection connection, byte[] binding)
    {
        var begun = _time.GetTimestamp();
        while (line.IsProven || _time.GetElapsedTime(begun) < UnprovenLimit)
        {
            using var limit = new CancellationTokenSource(QuicLine.Patience);
            try
            {
                var stream = await connection.AcceptInboundStreamAsync(limit.Token).ConfigureAwait(false);
                if (!line.TryTake())
                    return;
                var accepted = new QuicStreamConnection(line, stream, binding);
                if (!_accepted.Writer.TryWrite(accepted))
                    accepted.Dispose();
            }
            catch (OperationCanceledException)
            {
                if (!line.HasStreams)
                    return;
            }
            catch (Exception error) when (error is QuicException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
