using System.Net;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Device.Transport;

/// <summary>A way to open byte streams between devices: TCP in life, QUIC beside it where it is to be had, memory in tests and simulations.</summary>
public interface ITransport
{
    /// <exception cref="TransportException">the address cannot be listened on</exception>
    ITransportListener Listen(IPEndPoint endpoint);

    /// <exception cref="TransportException">nobody answered there</exception>
    Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation);

    /// <summary>A further connection to where a link goes: a transport that carries many on one takes the one that is there.</summary>
    /// <exception cref="TransportException">nobody answered there</exception>
    Task<ITransportConnection> ConnectFurtherAsync(IPEndPoint remote, CancellationToken cancellation) => ConnectAsync(remote, cancellation);

    /// <summary>What else a link's streams may go over; null: nothing.</summary>
    ITransport? Quic => null;

    /// <summary>True where a connection from that address comes from this very host.</summary>
    bool IsThisHost(IPAddress address) => IPAddress.IsLoopback(address);
}

public interface ITransportListener : IDisposable
{
    IPEndPoint LocalEndPoint { get; }

    /// <summary>Where QUIC is listened for beside it; null: nowhere.</summary>
    int? QuicPort => null;

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

    Carrier Carrier => Carrier.Tcp;

    /// <summary>What both ends know of the keys that the connection itself is under, the same on both; empty: it has none.</summary>
    ReadOnlyMemory<byte> Binding => default;

    /// <summary>Its path loses packets, and it takes each for a full line: it is slower than the line for that.</summary>
    bool IsHeldBackByLoss => false;

    /// <summary>To be told once the other end has proven who it is: what carries it along with others then lasts as long as they do.</summary>
    void MarkProven() { }

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
