using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Transport.Quic;

/// <summary>One stream of a line.</summary>
[SupportedOSPlatform("linux"), SupportedOSPlatform("windows"), SupportedOSPlatform("macos")]
internal sealed class QuicStreamConnection(QuicLine line, QuicStream stream, byte[] binding) : ITransportConnection
{
    // The other side has so long to take what was written last.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private int _isWriting;
    private int _isDisposed;

    public IPEndPoint Remote => line.Remote;

    public Carrier Carrier => Carrier.Quic;

    public ReadOnlyMemory<byte> Binding => binding;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (IsBroken(error))
        {
            throw Broken(error);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        Volatile.Write(ref _isWriting, 1);
        try
        {
            await stream.WriteAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (IsBroken(error))
        {
            throw Broken(error);
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        try
        {
            // Whoever writes still is woken; else what was written goes out, and the end after it.
            stream.Abort(Volatile.Read(ref _isWriting) == 1 ? QuicAbortDirection.Both : QuicAbortDirection.Read, 0);
        }
        catch (Exception error) when (IsBroken(error))
        {
            // The line is no more.
        }
        _ = EndAsync();
    }

    private async Task EndAsync()
    {
        var ended = stream.DisposeAsync().AsTask();
        try
        {
            await ended.WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (Exception error) when (IsBroken(error) || error is TimeoutException)
        {
            // With its last user the line ends, and with the line all that still waits.
        }
        line.Release();
    }

    private static bool IsBroken(Exception error) =>
        error is QuicException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;

    private TransportException Broken(Exception error) => new($"The connection to {Remote} broke: {error.Message}", error);
}
