namespace OpenShare.Agent.Tests.Support;

internal static class Until
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal static async Task TrueAsync(Func<bool> condition, string what)
    {
        for (var until = Environment.TickCount64 + (long)Deadline.TotalMilliseconds; !condition();)
        {
            Assert.True(Environment.TickCount64 < until, $"waited in vain: {what}");
            await Task.Delay(10);
        }
    }
}
