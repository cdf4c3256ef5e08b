using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace OpenShare.Relay;

/// <summary>One connection through the relay: two sockets, and a pump each way.</summary>
internal sealed class Connection : IDisposable
{
    private const int BufferSize = 128 * 1024;

    private readonly Socket _near;
    private readonly Socket _far;
    private readonly Gate _gate;
    private readonly CancellationTokenSource _stopped = new();

    private Connection(Socket near, Socket far, Gate gate) => (_near, _far, _gate) = (near, far, gate);

    /// <returns>null when whoever is behind the relay refused: the one in front of it is refused too</returns>
    public static async Task<Connection?> OpenAsync(Socket near, IPEndPoint to, Gate gate)
    {
        var far = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            near.NoDelay = far.NoDelay = true;
            await far.ConnectAsync(to);
            return new Connection(near, far, gate);
        }
        catch (SocketException)
        {
            Reset(near);
            far.Dispose();
            return null;
        }
    }

    /// <summary>Forwards until both directions have ended, or either broke.</summary>
    public async Task RunAsync()
    {
        await Task.WhenAll(PumpAsync(_near, _far, forward: true), PumpAsync(_far, _near, forward: false));
        Dispose();
    }

    /// <summary>Destroys both sockets: each side sees a reset, and what was on its way is lost.</summary>
    public void Dispose()
    {
        _stopped.Cancel();
        Reset(_near);
        Reset(_far);
    }

    private async Task PumpAsync(Socket from, Socket to, bool forward)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        DelayLine? line = null;
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(0, BufferSize), _stopped.Token) is > 0 and var received)
            {
                for (var rest = buffer.AsMemory(0, received); rest.Length > 0;)
                {
                    var admitted = await _gate.AdmitAsync(rest, forward, _stopped.Token);
                    // What was delayed is not to be overtaken: a connection keeps its line.
                    if (_gate.Delay is var delay && delay > TimeSpan.Zero)
                        line ??= new DelayLine(to, Dispose, _stopped.Token);
                    if (line is null)
                        await to.SendAllAsync(rest[..admitted], _stopped.Token);
                    else
                        await line.SendAsync(rest[..admitted], delay, _stopped.Token);
                    rest = rest[admitted..];
                }
            }
            if (line is not null)
                await line.EndAsync();
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception problem) when (problem is SocketException or OperationCanceledException or ObjectDisposedException or ChannelClosedException)
        {
            // A connection broken on one side is broken on the other, and in the other direction.
            Dispose();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            // Closing with no time to linger sends RST.
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }
        socket.Dispose();
    }
}
