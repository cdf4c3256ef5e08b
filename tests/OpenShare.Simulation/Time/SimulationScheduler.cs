using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace OpenShare.Simulation.Time;

/// <summary>Akka's timers as entries of the queue. One per actor system: it is also where the dispatchers find the queue.</summary>
public sealed class SimulationScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log), IDateTimeOffsetNowTimeProvider
{
    /// <summary>When every simulation begins.</summary>
    public static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);

    public SimulationQueue Queue { get; } = new();

    internal Processes Processes { get; } = new();

    protected override DateTimeOffset TimeNow => Start + Queue.Elapsed;

    public override TimeSpan MonotonicClock => Queue.Elapsed;

    public override TimeSpan HighResMonotonicClock => Queue.Elapsed;

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Once(ProcessOf(receiver), delay, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Repeatedly(ProcessOf(receiver), initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) => Once(Queue.Acting, delay, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Repeatedly(Queue.Acting, initialDelay, interval, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) => Once(Queue.Acting, delay, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Repeatedly(Queue.Acting, initialDelay, interval, action.Run, cancelable);

    private SimulatedProcess? ProcessOf(ICanTell receiver) => receiver is IActorRef actor ? Processes.Of(actor.Path) : null;

    private void Once(SimulatedProcess? process, TimeSpan delay, Action action, ICancelable? cancelable)
    {
        if (process is null)
            Queue.Schedule(delay, Due);
        else
            process.ScheduleByClock(delay, Due);

        void Due()
        {
            if (cancelable is not { IsCancellationRequested: true })
                action();
        }
    }

    private void Repeatedly(SimulatedProcess? process, TimeSpan delay, TimeSpan interval, Action action, ICancelable? cancelable) => Once(
        process,
        delay,
        () =>
        {
            action();
            Repeatedly(process, interval, interval, action, cancelable);
        },
        cancelable);
}
