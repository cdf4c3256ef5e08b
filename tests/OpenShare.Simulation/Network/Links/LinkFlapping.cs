using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Network.Links;

/// <summary>A link that goes down at the end of every period, until this is disposed; it is left up.</summary>
internal sealed class LinkFlapping : IDisposable
{
    private readonly SimulationQueue _queue;
    private readonly SimulatedHost _host;
    private readonly TimeSpan _up, _down;
    private bool _isOver;

    internal LinkFlapping(SimulationQueue queue, SimulatedHost host, TimeSpan period, TimeSpan down)
    {
        if (down <= TimeSpan.Zero || down >= period)
            throw new ArgumentOutOfRangeException(nameof(down), "A link flaps with a time up and a time down in each period.");
        (_queue, _host, _up, _down) = (queue, host, period - down, down);
        _queue.Schedule(_up, GoDown);
    }

    public void Dispose()
    {
        if (_isOver)
            return;
        _isOver = true;
        _host.LinkUp();
    }

    private void GoDown()
    {
        if (_isOver)
            return;
        _host.LinkDown();
        _queue.Schedule(_down, GoUp);
    }

    private void GoUp()
    {
        if (_isOver)
            return;
        _host.LinkUp();
        _queue.Schedule(_up, GoDown);
    }
}
