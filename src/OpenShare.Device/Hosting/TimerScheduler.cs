using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace OpenShare.Device.Hosting;

/// <summary>
/// Akka's scheduler over the platform's timers: a thread wakes when something is due. Akka's own wakes for each tick of its wheel,
/// whether there is anything to do or not (<c>docs/adr/0043</c>).
/// </summary>
public sealed class TimerScheduler(Config config, ILoggingAdapter log)
    : SchedulerBase(config, log), IDateTimeOffsetNowTimeProvider, IDisposable
{
    // The platform's timers go by a clock of steps: 4 ms on Linux. A thing that is due early would find that it is not, and be scheduled anew.
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(5);

    private readonly long _start = TimeProvider.System.GetTimestamp();
    private volatile bool _stopped;

    protected override DateTimeOffset TimeNow => TimeProvider.System.GetUtcNow();

    public override TimeSpan MonotonicClock => TimeProvider.System.GetElapsedTime(_start);

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    /// <summary>What is due from now on is not done: its actor system has ended.</summary>
    public void Dispose() => _stopped = true;

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Schedule(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Schedule(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Schedule(initialDelay, interval, action.Run, cancelable);

    private void Schedule(TimeSpan delay, TimeSpan interval, Action action, ICancelable? cancelable)
    {
        if (_stopped || cancelable is { IsCancellationRequested: true })
            return;
        // What is scheduled belongs to nobody's request or trace.
        using (ExecutionContext.IsFlowSuppressed() ? null : (IDisposable)ExecutionContext.SuppressFlow())
            _ = new Scheduled(this, action, delay, interval, cancelable);
    }

    /// <summary>One entry. The timer holds it while it is to come, and nothing else does.</summary>
    private sealed class Scheduled : IDisposable
    {
        private readonly TimerScheduler _scheduler;
        private readonly Action _action;
        private readonly bool _once;
        private readonly ICancelable? _cancelable;
        private readonly Timer _timer;
        private readonly CancellationTokenRegistration _cancellation;

        internal Scheduled(TimerScheduler scheduler, Action action, TimeSpan delay, TimeSpan interval, ICancelable? cancelable)
        {
            (_scheduler, _action, _once, _cancelable) = (scheduler, action, interval == Timeout.InfiniteTimeSpan, cancelable);
            // Started only when all is in place: it may be due at once.
            _timer = new Timer(static entry => ((Scheduled)entry!).Due(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _cancellation = cancelable?.Token.UnsafeRegister(static entry => ((Scheduled)entry!).Dispose(), this) ?? default;
            _timer.Change(delay > TimeSpan.Zero ? delay + s_step : delay, interval);
        }

        private void Due()
        {
            // A cancellation may come while the timer is already at work.
            var wanted = !_scheduler._stopped && _cancelable is not { IsCancellationRequested: true };
            if (_once || !wanted)
                Dispose();
            if (wanted)
                Run();
        }

        private void Run()
        {
            try
            {
                _action();
            }
            catch (Exception e)
            {
                _scheduler.Log.Error(e, "What was scheduled failed");
            }
        }

        public void Dispose()
        {
            _timer.Dispose();
            _cancellation.Unregister();
        }
    }
}
