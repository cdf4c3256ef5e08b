namespace OpenShare.Agent.Tests.Support;

internal static class Until
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    internal static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        for (var until = Environment.TickCount64 + (long)Deadline.TotalMilliseconds; !await condition();)
        {
            Assert.True(Environment.TickCount64 < until, $"waited in vain: {what}");
            await Task.Delay(10);
        }
    }
}
