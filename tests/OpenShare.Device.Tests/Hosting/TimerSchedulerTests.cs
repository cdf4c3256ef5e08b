using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using OpenShare.Device.Hosting;

namespace OpenShare.Device.Tests.Hosting;

public sealed class TimerSchedulerTests() : TestKit(ConfigurationFactory.ParseString(
    """
    akka.loglevel = OFF
    akka.scheduler.implementation = "OpenShare.Device.Hosting.TimerScheduler, OpenShare.Device"
    """))
{
    [Fact]
    public void What_is_due_comes_and_never_early()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.Zero, TestActor, "at once", ActorRefs.NoSender);
        ExpectMsg("at once");

        var clock = Stopwatch.StartNew();
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(120), TestActor, "later", ActorRefs.NoSender);
        ExpectMsg("later");
        Assert.True(clock.Elapsed >= TimeSpan.FromMilliseconds(119), $"after {clock.Elapsed}");
        Assert.IsType<TimerScheduler>(Sys.Scheduler);
    }

    [Fact]
    public void What_repeats_comes_until_it_is_cancelled()
    {
        var cancelable = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TestActor, "tick", ActorRefs.NoSender, cancelable);

        for (var i = 0; i < 3; i++)
            ExpectMsg("tick");
        cancelable.Cancel();

        ScheduleLast();
        FishForMessage<string>(said => said == "last");
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void What_is_cancelled_before_it_is_due_or_scheduled_does_not_come()
    {
        var cancelable = new Cancelable(Sys.Scheduler);
        for (var i = 0; i < 100; i++)
            Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), TestActor, "cancelled", ActorRefs.NoSender, cancelable);
        cancelable.Cancel();
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.Zero, TestActor, "cancelled", ActorRefs.NoSender, cancelable);

        ScheduleLast();
        ExpectMsg("last");
    }

    /// <summary>An error in a timer would end the process.</summary>
    [Fact]
    public async Task What_is_cancelled_as_it_is_due_or_scheduled_is_no_error()
    {
        for (var i = 0; i < 1000; i++)
        {
            var cancelable = new Cancelable(Sys.Scheduler);
            var cancelling = Task.Run(cancelable.Cancel);
            Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromTicks(i % 7 * 5_000), TestActor, "maybe", ActorRefs.NoSender, cancelable);
            await cancelling;
        }

        ScheduleLast();
        FishForMessage<string>(said => said == "last");
    }

    [Fact]
    public void What_fails_does_not_keep_the_next_from_coming()
    {
        var times = 0;
        Sys.Scheduler.Advanced.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(5), () =>
        {
            if (Interlocked.Increment(ref times) == 1)
                throw new InvalidOperationException("planted");
            TestActor.Tell("again");
        });

        ExpectMsg("again");
    }

    /// <summary>Whose request, or trace, it is that something is scheduled in, is no business of what comes later.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_due_knows_nothing_of_who_scheduled_it(bool isSuppressed)
    {
        var flowing = new AsyncLocal<string?> { Value = "a request" };
        using (isSuppressed ? (IDisposable)ExecutionContext.SuppressFlow() : null)
            Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => TestActor.Tell(flowing.Value ?? "nothing"));

        ExpectMsg("nothing");
        Assert.Equal("a request", flowing.Value);
    }

    [Fact]
    public void After_the_end_nothing_comes()
    {
        ITellScheduler ended = new TimerScheduler(Sys.Settings.Config, Sys.Log);
        ended.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), TestActor, "late", ActorRefs.NoSender);
        ((IDisposable)ended).Dispose();
        ended.ScheduleTellOnce(TimeSpan.Zero, TestActor, "late", ActorRefs.NoSender);

        ScheduleLast();
        ExpectMsg("last");
    }

    private void ScheduleLast() => Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(200), TestActor, "last", ActorRefs.NoSender);
}
