using Akka.Actor;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration;

/// <summary>One call to the registration service at a time: a new one gives up the one before.</summary>
internal sealed class LatestCall : IDisposable
{
    private CancellationTokenSource _current = new();

    /// <summary>Tells the asker what the call came to, in its own machine's words.</summary>
    internal void Make<T>(
        IActorRef asker, Func<CancellationToken, Task<ServiceAnswer<T>>> ask, Func<T, object> toInput, Func<ServiceFailure, object> toFailure)
    {
        _current.Cancel();
        _current.Dispose();
        _current = new CancellationTokenSource();
        ask(_current.Token).PipeTo(
            asker,
            success: answer => answer switch
            {
                ServiceAnswer<T>.Good good => toInput(good.Value),
                ServiceAnswer<T>.Failed failed => toFailure(failed.Failure),
                _ => throw new InvalidOperationException($"No such answer: {answer.GetType()}"),
            });
    }

    /// <summary>Gives up the call that is underway.</summary>
    public void Dispose() => _current.Cancel();
}
