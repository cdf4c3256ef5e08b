namespace OpenShare.Registration.Revocation;

/// <summary>Keeps the published list fresh: looks every minute whether half of its life is over.</summary>
internal sealed partial class ListRenewal(RevocationLists lists, TimeProvider time, ILogger<ListRenewal> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Until it is cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                await lists.RenewAsync(cancel);
            }
            // The list is good for its other half; the next minute tries again.
            catch (UserError error)
            {
                LogPutOff(error.Message);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(error);
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    [LoggerMessage(LogLevel.Error, "The revocation list could not be signed anew ({Reason}); trying again in a minute")]
    private partial void LogPutOff(string reason);

    [LoggerMessage(LogLevel.Error, "The revocation list could not be signed anew; trying again in a minute")]
    private partial void LogFailed(Exception error);
}
