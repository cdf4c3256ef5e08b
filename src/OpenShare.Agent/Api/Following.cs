using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenShare.Device.Hosting;

namespace OpenShare.Agent.Api;

/// <summary>
/// Answers with one JSON document a line: what there is now, then each again whenever it has changed. The device is asked
/// after a tenth of the time so far, at most every <see cref="Longest"/>: a reader sees the newest state however fast and long it changes.
/// Where it tells when that is over it is asked at once then, and need not be asked as often before.
/// </summary>
internal static class Following
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    /// <param name="snapshot">what there is now</param>
    /// <param name="key">tells the documents of a snapshot apart</param>
    /// <param name="isLast">ends the answer after such a document</param>
    /// <param name="over">done when there is such a document, where that can be told</param>
    internal static async Task Lines<T>(
        HttpContext http, AgentContext agent, Func<IDevice, CancellationToken, Task<IEnumerable<T>>> snapshot,
        Func<T, string> key, Func<T, bool> isLast, JsonTypeInfo<T> type, Task? over = null)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, agent.Stopping);
        http.Response.ContentType = "application/x-ndjson";
        var told = new Dictionary<string, byte[]>();
        var since = agent.Time.GetTimestamp();
        try
        {
            for (long seen = 0; ;)
            {
                seen = await agent.Device.WaitForChange(seen, ended.Token);
                foreach (var document in await snapshot(agent.Device, ended.Token))
                {
                    if (await TellIfChanged(document) && isLast(document))
                        return;
                }
                await http.Response.BodyWriter.FlushAsync(ended.Token);
                await Rest(over is null ? Pause(agent.Time.GetElapsedTime(since)) : Longest);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The reader left, or the agent stops: that ends the answer, and the reader sees where.
        }

        async Task Rest(TimeSpan pause)
        {
            var rest = Task.Delay(pause, agent.Time, ended.Token);
            if (over is null || await Task.WhenAny(rest, over) == rest)
                await rest;
            else
                // What is over is so once: should it not be there to be seen, it is looked for as ever.
                over = null;
        }

        async Task<bool> TellIfChanged(T document)
        {
            var line = JsonSerializer.SerializeToUtf8Bytes(document, type);
            if (told.TryGetValue(key(document), out var before) && line.AsSpan().SequenceEqual(before))
                return false;
            told[key(document)] = line;
            await http.Response.BodyWriter.WriteAsync(line, ended.Token);
            await http.Response.BodyWriter.WriteAsync("\n"u8.ToArray(), ended.Token);
            return true;
        }
    }

    private static TimeSpan Pause(TimeSpan sofar) => TimeSpan.FromTicks(Math.Clamp(sofar.Ticks / 10, Shortest.Ticks, Longest.Ticks));
}
