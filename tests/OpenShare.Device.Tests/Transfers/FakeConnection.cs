using System.Net;
using OpenShare.Device.Channel;
using OpenShare.Device.Transport;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A connection on which nothing ever comes, and that knows whether it was closed.</summary>
internal sealed class FakeConnection : ITransportConnection
{
    private readonly TaskCompletionSource<int> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsClosed => _closed.Task.IsCompleted;

    public IPEndPoint Remote { get; } = new(IPAddress.Loopback, 1);

    /// <summary>As a stream: nothing is sealed or opened on it, so it needs no keys.</summary>
    public SecureStream Secured() => new(this, null!);

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation) => new(_closed.Task.WaitAsync(cancellation));

    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation) => ValueTask.CompletedTask;

    public void Dispose() => _closed.TrySetResult(0);
}
