namespace OpenShare.Device.Tests.Support;

/// <summary>Time that passes faster than it does: limits are reached, and nobody waits for them.</summary>
internal sealed class HurriedTime(int factor) : TimeProvider
{
    public override long GetTimestamp() => System.GetTimestamp() * factor;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Hurried(dueTime), Hurried(period));

    private TimeSpan Hurried(TimeSpan time) => time <= TimeSpan.Zero ? time : time / factor;
}
