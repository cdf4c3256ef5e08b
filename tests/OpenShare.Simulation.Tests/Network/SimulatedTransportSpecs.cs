using System.Collections.Concurrent;
using System.Net;
using OpenShare.Device.Tests.Transport;
using OpenShare.Device.Transport;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Tests.Network;

/// <summary>What every transport promises, over the simulated network. Its one thread does what the specs call from theirs.</summary>
public sealed class SimulatedTransportSpecs : TransportSpecs, IDisposable
{
    private readonly BlockingCollection<Action> _calls = [];
    private readonly Thread _thread;

    public SimulatedTransportSpecs()
    {
        var queue = new SimulationQueue();
        var host = new SimulatedNetwork(queue, 1).Segment("lan", LinkConditions.Perfect).Attach("host", IPAddress.Parse("10.0.0.1"));
        Transport = new Calling(this, host.Transport);
        _thread = new Thread(() =>
        {
            foreach (var call in _calls.GetConsumingEnumerable())
            {
                call();
                while (_calls.TryTake(out var more))
                    more();
                queue.RunFor(TimeSpan.FromSeconds(1));
            }
        });
        _thread.Start();
    }

    private protected override ITransport Transport { get; }

    // Each call goes to the one thread and back, and no two of its can meet.
    private protected override int BytesAtOnce => 10_000;

    public void Dispose()
    {
        _calls.CompleteAdding();
        _thread.Join();
        _calls.Dispose();
    }

    private Task<T> Call<T>(Func<Task<T>> call)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls.Add(() => _ = Carry());
        return done.Task;

        async Task Carry()
        {
            try
            {
                done.SetResult(await call());
            }
            catch (TransportException error)
            {
                done.SetException(error);
            }
        }
    }

    private T Now<T>(Func<T> call) => Call(() => Task.FromResult(call())).GetAwaiter().GetResult();

    private sealed class Calling(SimulatedTransportSpecs specs, ITransport inner) : ITransport
    {
        public ITransportListener Listen(IPEndPoint endpoint) => new CallingListener(specs, specs.Now(() => inner.Listen(endpoint)));

        public async Task<ITransportConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation) =>
            new CallingConnection(specs, await specs.Call(() => inner.ConnectAsync(remote, cancellation)));
    }

    private sealed class CallingListener(SimulatedTransportSpecs specs, ITransportListener inner) : ITransportListener
    {
        public IPEndPoint LocalEndPoint => inner.LocalEndPoint;

        public async Task<ITransportConnection> AcceptAsync(CancellationToken cancellation) =>
            new CallingConnection(specs, await specs.Call(() => inner.AcceptAsync(cancellation)));

        public void Dispose() => specs.Now(() =>
        {
            inner.Dispose();
            return 0;
        });
    }

    private sealed class CallingConnection(SimulatedTransportSpecs specs, ITransportConnection inner) : ITransportConnection
    {
        public IPEndPoint Remote => inner.Remote;

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation) =>
            await specs.Call(() => inner.ReadAsync(buffer, cancellation).AsTask());

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation) => await specs.Call(async () =>
        {
            await inner.WriteAsync(buffer, cancellation);
            return 0;
        });

        public void Dispose() => specs.Now(() =>
        {
            inner.Dispose();
            return 0;
        });
    }
}
