namespace OpenShare.Simulation.Time;

/// <summary>What a machine's clock shows, and how far it is off.</summary>
public sealed class MachineClock(SimulationQueue queue)
{
    private TimeSpan _shownAtChange;
    private TimeSpan _changedAt;
    private double _rate = 1;

    /// <summary>By how much the time of day is off, beside what drifted. Set: as by a person or by NTP, at once.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>How much it goes fast, of one: 0.0001 is 8.6 s a day; negative: slow.</summary>
    public double Drift
    {
        get => _rate - 1;
        set => (_shownAtChange, _changedAt, _rate) = (Uptime, queue.Elapsed, 1 + value);
    }

    /// <summary>Time since the start of the simulation as this clock counts it. It never jumps.</summary>
    public TimeSpan Uptime => _shownAtChange + (queue.Elapsed - _changedAt) * _rate;

    public DateTimeOffset Now => SimulationScheduler.Start + Uptime + Skew;

    /// <summary>The time of day is set, forward or back.</summary>
    public void Jump(TimeSpan by) => Skew += by;

    /// <summary>How long it really is until so much has passed on this clock.</summary>
    internal TimeSpan TrueTime(TimeSpan shown) => shown / _rate;
}
