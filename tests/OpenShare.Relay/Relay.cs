using System.Globalization;
using System.Net.Sockets;

namespace OpenShare.Relay;

/// <summary>All routes, their one gate, and the commands that govern them.</summary>
internal sealed class Relay : IDisposable
{
    private readonly Report _report;
    private readonly Gate _gate;
    private readonly Route[] _routes;
    private readonly Lock _lock = new();
    private TimeSpan _down;
    private TaskCompletionSource? _up;

    public Relay(RelayOptions options, Report report)
    {
        _report = report;
        _down = options.Down;
        _gate = new Gate(report);
        _gate.CutReached += Cut;
        if (options.CutAt is { } bytes)
            _gate.CutAt(bytes);
        _routes = [.. options.Routes.Select(r => new Route(r.Listen, r.To, _gate, report))];
    }

    /// <returns>false when an address cannot be listened on, which is reported</returns>
    public bool Start()
    {
        try
        {
            foreach (var route in _routes)
            {
                route.Open();
                route.Announce();
            }
            return true;
        }
        catch (SocketException problem)
        {
            _report.Write("error", ("message", problem.Message));
            return false;
        }
    }

    /// <returns>false when it is no command</returns>
    public bool Obey(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var number = 0L;
        var counted = words.Length == 2 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out number);
        switch (words)
        {
            case ["cut"]: Cut(); break;
            case ["cut-at", _] when counted: _gate.CutAt(number); break;
            case ["down", var text] when Seconds.TryParse(text, out var down): _down = down; break;
            case ["up"]: ComeUp(); break;
            case ["stall"]: _gate.Stall(); break;
            case ["stall-at", _] when counted: _gate.StallAt(number); break;
            case ["go"]: _gate.Go(); break;
            case ["rate", _] when counted: _gate.Rate(number); break;
            case ["delay", _] when counted && number <= 60_000: _gate.Delay = TimeSpan.FromMilliseconds(number); break;
            case ["flip-at", _] when counted: _gate.FlipAt(number); break;
            case ["zero"]: _gate.Zero(); break;
            case ["stats"]: _report.Write("stats", _gate.Counts()); break;
            default: return false;
        }
        return true;
    }

    public void Dispose()
    {
        foreach (var route in _routes)
            route.Dispose();
    }

    private void Cut()
    {
        TaskCompletionSource up;
        lock (_lock)
        {
            if (_up is not null)
                return;
            up = _up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        var destroyed = _routes.Sum(route => route.Close());
        _report.Write("cut", [("connections", (long)destroyed), .. _gate.Counts()]);
        _ = StayDownAsync(up.Task);
    }

    private void ComeUp()
    {
        lock (_lock)
            _up?.TrySetResult();
    }

    private async Task StayDownAsync(Task up)
    {
        await Task.WhenAny(up, Task.Delay(_down));
        try
        {
            foreach (var route in _routes)
                route.Open();
            lock (_lock)
                _up = null;
            _report.Write("up");
        }
        catch (SocketException problem)
        {
            _report.Write("error", ("message", problem.Message));
        }
    }
}
