using Microsoft.Net.Http.Headers;
using OpenShare.Registration.Telemetry;

namespace OpenShare.Registration.Revocation;

/// <summary>A question for a list that is newer than the one held.</summary>
/// <param name="Held">its version; null: whichever there is</param>
/// <param name="Wait">at most</param>
internal sealed record ListQuestion(ulong? Held, TimeSpan Wait)
{
    /// <summary>How long a request may wait for a newer list.</summary>
    public const int MaxWaitSeconds = 60;

    public static ListQuestion? Read(string? held, string? wait)
    {
        ulong version = 0;
        var seconds = 0;
        var isGood = (held is null || ulong.TryParse(held, out version)) && (wait is null || int.TryParse(wait, out seconds))
            && seconds is >= 0 and <= MaxWaitSeconds;
        return isGood ? new ListQuestion(held is null ? null : version, TimeSpan.FromSeconds(seconds)) : null;
    }

    /// <summary>The newest list, once it is news to whoever asks or the time is up.</summary>
    public async Task<PublishedList> AwaitAsync(HttpContext http, Publisher publisher, CancellationToken stopping)
    {
        if (Held is null || Wait == TimeSpan.Zero)
            return publisher.Current;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        ServiceMetrics.Waiting(1);
        try
        {
            // A list signed anew has the same version and another ETag, and is news too.
            return await publisher.WaitAsync(l => l.List.Version > Held || HasOther(http.Request, l), Wait, cancel.Token);
        }
        catch (OperationCanceledException)
        {
            // Shutting down ends the wait, not the answer: whoever waits learns the list as it is.
            return publisher.Current;
        }
        finally
        {
            ServiceMetrics.Waiting(-1);
        }
    }

    public static bool Holds(HttpRequest request, PublishedList list) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var tags)
        && tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(new EntityTagHeaderValue(list.ETag), useStrongComparison: false));

    private static bool HasOther(HttpRequest request, PublishedList list) =>
        request.Headers.IfNoneMatch.Count > 0 && !Holds(request, list);
}
