using System.Net;

namespace OpenShare.Device.Transport;

/// <summary>A way to open byte streams between devices: TCP in life, memory in tests and simulations.</summary>
public interface ITransport
{
    /// <exception cref="TransportException">the address cannot be listened on</exception>
    ITransportListener Listen(IPEndPoint endpoint);

    /// <exception cref="TransportException">nobody answered there</exception>
    Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation);

    /// <summary>True where a connection from that address comes from this very host.</summary>
    bool IsThisHost(IPAddress address) => IPAddress.IsLoopback(address);
}

public interface ITransportListener : IDisposable
{
    IPEndPoint LocalEndPoint { get; }

    /// <exception cref="TransportException">the listener is closed</exception>
    Task<ITransportConnection> AcceptAsync(CancellationToken cancellation);
}

/// <summary>
/// An ordered stream of bytes both ways. One reader and one writer at a time. <see cref="IDisposable.Dispose"/>
/// ends it at once, in both directions; what was written and not yet sent may be lost.
/// </summary>
public interface ITransportConnection : IDisposable
{
    IPEndPoint Remote { get; }

    /// <returns>the number of bytes read, at least 1; 0 when the other side ended its direction</returns>
    /// <exception cref="TransportException">the connection broke</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation);

    /// <exception cref="TransportException">the connection broke</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation);
}

/// <summary>The network's bad news, in one kind: refused, unreachable, reset, closed. The message says which.</summary>
public sealed class TransportException : Exception
{
    public TransportException(string message) : base(message) { }

    public TransportException(string message, Exception inner) : base(message, inner) { }

    public TransportException() { }
}
