using System.Net;
using OpenShare.Device.Transport;
using OpenShare.Simulation.Network.Observing;

namespace OpenShare.Simulation.Network.Streams;

/// <summary>
/// One attempt to connect: asks at 0, 1, 3, 7, 15, 31 and 63 seconds and gives up at 127, as Linux does, unless it is
/// answered or cancelled before.
/// </summary>
internal sealed class Dial(HostProcess process, IPEndPoint remote, IPEndPoint local)
{
    private const int Attempts = 7;

    private static readonly TimeSpan HalfOpenLimit = TimeSpan.FromSeconds(63);

    private readonly TaskCompletionSource<ITransportConnection> _connected = new();
    private readonly NetworkFlow _flow = new(process.Host.Network.NextNumber(), process.Host.Name, local, remote, IsStream: true);
    private SimulatedConnection? _near, _far;
    private bool _isOver;

    private SimulatedHost Host => process.Host;

    private SimulatedNetwork Network => process.Host.Network;

    private bool IsOver => _isOver || process.IsDead;

    internal async Task<ITransportConnection> Run(CancellationToken cancellation)
    {
        using (cancellation.UnsafeRegister(_ => Fail("no answer in time"), null))
        {
            if (!IsOver)
            {
                Network.Observer.Dialled(_flow);
                Ask(0);
            }
            return await _connected.Task.ConfigureAwait(false);
        }
    }

    private void Ask(int attempt)
    {
        if (IsOver)
            return;
        if (attempt == Attempts)
        {
            Fail("no answer");
            return;
        }
        Network.Queue.Schedule(TimeSpan.FromSeconds(1 << attempt), () => Ask(attempt + 1));
        if (Target is { } target && (target == Host || Host.Address.Equals(local.Address)))
            Network.SendOnce(Host, target, () => ArriveAt(target));
    }

    private SimulatedHost? Target => IPAddress.IsLoopback(remote.Address) ? Host : Host.Segment.Find(remote.Address);

    private void ArriveAt(SimulatedHost target)
    {
        if (Target != target)
            return;
        var listener = target.Process.ListenerOn(remote.Port);
        if (listener is null)
            Network.SendOnce(target, Host, () => Fail("connection refused"));
        else if (!listener.IsFull)
            Answer(target, listener);
    }

    private void Answer(SimulatedHost target, SimulatedListener listener)
    {
        if (_far is null or { IsGone: true })
        {
            if (IsOver)
                return;
            (_near, _far) = SimulatedConnection.Pair(process, local, target.Process, remote);
            _far.Register();
            var far = _far;
            far.WhenOpened = () => listener.Offer(far);
            Network.Queue.Schedule(HalfOpenLimit, far.GiveUpOpening);
        }
        Network.SendOnce(target, Host, Answered);
    }

    private void Answered()
    {
        if (IsOver)
        {
            // Also when it is open: then this answers a repeated question.
            if (_near!.IsGone || !_connected.Task.IsCompletedSuccessfully)
                Network.SendReset(Host, _far!);
            return;
        }
        if (!_near!.HasItsAddress)
            return;
        _isOver = true;
        _near.Register();
        Network.Observer.Connected(_near.Flow);
        _near.Out.Append(BurstKind.Open);
        _connected.TrySetResult(_near);
    }

    private void Fail(string why)
    {
        if (IsOver)
            return;
        _isOver = true;
        _connected.TrySetException(new TransportException($"Cannot reach {remote}: {why}."));
    }
}
