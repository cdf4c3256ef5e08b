using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Service;

/// <summary>One request on its way to the service and its answer on the way back; each may be lost.</summary>
[SuppressMessage("Design", "CA1001", Justification = "There is no timer and no handle in it, and either end may outlive the other.")]
internal sealed class ServiceCall(SimulationQueue queue, SimulatedService service, ServiceLine line, WireRequest request)
{
    private static readonly TimeSpan BrokenAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRetransmission = TimeSpan.FromMilliseconds(250);

    private readonly TaskCompletionSource<HttpResponseMessage> _answer = new();
    private readonly CancellationTokenSource _givenUp = new();
    private ServiceProcess? _at;

    internal Task<HttpResponseMessage> Answer => _answer.Task;

    /// <summary>The service has noticed that the caller waits no more.</summary>
    internal CancellationToken GivenUp => _givenUp.Token;

    /// <param name="isGood">judges the TLS certificate of the service, where the connection is a new one</param>
    internal void Start(Func<ServiceProcess, bool> isGood)
    {
        if (!line.IsUp)
            Fail(TimeSpan.FromMilliseconds(1), HttpRequestError.ConnectionError, SocketError.NetworkUnreachable);
        else if (service.LosesRequest())
            Lose();
        else
            queue.Schedule(service.OneWay(), () => Arrive(isGood));
    }

    internal void GiveUp(CancellationToken cancellation)
    {
        if (_answer.TrySetCanceled(cancellation) && _at is { } at)
        {
            queue.Schedule(service.OneWay(), () =>
            {
                at.Hung(this);
                _givenUp.Cancel();
            });
        }
    }

    internal void Answered(WireResponse response)
    {
        service.Served++;
        line.Note(request, response);
        if (service.LosesAnswer(request.Uri.AbsolutePath))
            Lose();
        else
            queue.Schedule(service.OneWay(), () => Deliver(response, FirstRetransmission));
    }

    /// <summary>The service died on it.</summary>
    internal void Broke() => Fail(service.OneWay(), HttpRequestError.ResponseEnded);

    private void Arrive(Func<ServiceProcess, bool> isGood)
    {
        if (_answer.Task.IsCompleted)
            return;
        _at = service.Running;
        if (_at is null)
        {
            if (!service.Conditions.IsSilentWhenDown)
                Fail(service.OneWay(), HttpRequestError.ConnectionError, SocketError.ConnectionRefused);
        }
        else if (!isGood(_at))
        {
            Fail(service.OneWay(), HttpRequestError.SecureConnectionError);
        }
        else
        {
            _at.Accept(this, request, service.Conditions.Work);
        }
    }

    // A network that is away for a moment loses nothing: TCP sends it again, after ever longer pauses.
    private void Deliver(WireResponse response, TimeSpan pause)
    {
        if (line.IsUp)
            _answer.TrySetResult(response.ToMessage());
        else if (!_answer.Task.IsCompleted)
            queue.Schedule(pause, () => Deliver(response, 2 * pause));
    }

    // Either the connection breaks in time, or nothing more is ever heard of it.
    private void Lose()
    {
        line.NoteLoss(request);
        if (service.Chance(0.5))
            Fail(BrokenAfter, HttpRequestError.ResponseEnded);
    }

    private void Fail(TimeSpan after, HttpRequestError error, SocketError? socket = null) => queue.Schedule(after, () =>
        _answer.TrySetException(new HttpRequestException(error, inner: socket is { } code ? new SocketException((int)code) : null)));
}
