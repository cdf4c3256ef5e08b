namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>What all of them go over.</summary>
public sealed partial class SendTurns
{
    /// <summary>What can be seen of the line: when something was acknowledged last, and how long it takes for as much as the room.</summary>
    private sealed class Line(long room)
    {
        private DateTimeOffset _settledAt;
        private TimeSpan _bestLap;
        private DateTimeOffset _lapBegan;
        private long _lap;

        /// <summary>Somebody waited for another within this lap: it says nothing about the line.</summary>
        internal bool IsHeldBack { get; set; }

        internal void Begin(DateTimeOffset now)
        {
            BeginLap(now);
            _bestLap = TimeSpan.Zero;
            _settledAt = now;
        }

        internal bool IsSilent(DateTimeOffset now) => now - _settledAt >= Patience;

        /// <summary>In which the line carries as much, at best; none as long as that is not known.</summary>
        internal TimeSpan TimeOf(long bytes) => _bestLap * ((double)bytes / room);

        internal void Add(long settled, DateTimeOffset now)
        {
            _settledAt = now;
            _lap += settled;
            if (_lap < room)
                return;
            var took = now - _lapBegan;
            if (_bestLap == TimeSpan.Zero || took < _bestLap)
                _bestLap = took;
            else if (!IsHeldBack)
                _bestLap = TimeSpan.FromTicks(Math.Min(took.Ticks, _bestLap.Ticks * 5 / 4));
            BeginLap(now);
        }

        private void BeginLap(DateTimeOffset now) => (_lap, _lapBegan, IsHeldBack) = (0, now, false);
    }
}
