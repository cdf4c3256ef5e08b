using System.Diagnostics;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>Polls a condition against a deadline. Deadlines are generous: they end a hang, they measure nothing.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Task TrueAsync(string what, TimeSpan within, Func<bool> condition) =>
        TrueAsync(what, within, () => Task.FromResult(condition()));

    public static async Task TrueAsync(string what, TimeSpan within, Func<Task<bool>> condition) =>
        _ = await GetAsync<object>(what, within, async () => await condition() ? what : null);

    /// <summary>Asks again until the answer is not null.</summary>
    public static async Task<T> GetAsync<T>(string what, TimeSpan within, Func<Task<T?>> question)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (await question() is { } answer)
                return answer;
            Assert.True(clock.Elapsed < within, $"Not within {within.TotalSeconds:0} s: {what}");
            await Task.Delay(Pause);
        }
    }
}
