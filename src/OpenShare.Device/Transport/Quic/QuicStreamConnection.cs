using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Device.Transport.Quic;

/// <summary>One stream of a line.</summary>
[SupportedOSPlatform("linux"), SupportedOSPlatform("macos")]
internal sealed class QuicStreamConnection(QuicLine line, QuicStream stream, byte[] binding) : ITransportConnection
{
    // The other side has so long to take what was written last.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private int _isReading;
    private int _isWriting;
    private int _isDisposed;

    public IPEndPoint Remote => line.Remote;

    public Carrier Carrier => Carrier.Quic;

    public ReadOnlyMemory<byte> Binding => binding;

    public void MarkProven() => line.IsProven = true;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        Volatile.Write(ref _isReading, 1);
        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) == 1, this);
            return await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (IsBroken(error))
        {
            throw Broken(error);
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
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
            // Whoever reads or writes still is woken.
            if (Volatile.Read(ref _isWriting) == 1)
                stream.Abort(QuicAbortDirection.Both, 0);
            else if (Volatile.Read(ref _isReading) == 1)
                stream.Abort(QuicAbortDirection.Read, 0);
        }
        catch (Exception error) when (IsBroken(error))
        {
            // The line is no more.
        }
        _ = EndAsync();
    }

    // What was written goes out, and the end after it; and the other side is heard out to its own. Told to stop before it knows
    // that all it sent has come, it would take its last word for lost.
    private async Task EndAsync()
    {
        try
        {
            stream.CompleteWrites();
            using var limit = new CancellationTokenSource(Patience);
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, limit.Token).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception error) when (IsBroken(error))
        {
            // It was cut, by either side.
        }
        try
        {
            await stream.DisposeAsync().AsTask().WaitAsync(Patience).ConfigureAwait(false);
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
