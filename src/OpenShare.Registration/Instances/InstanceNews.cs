namespace OpenShare.Registration.Instances;

/// <summary>Listens for what other instances store, and listens again whenever the database was gone.</summary>
internal sealed partial class InstanceNews(OtherInstances others, TimeProvider time, ILogger<InstanceNews> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isHeard = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await others.ListenAsync(() =>
                {
                    if (!isHeard)
                        LogHeard();
                    isHeard = true;
                }, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Once: the database may be away for hours.
                if (isHeard)
                    LogLost(error.Message);
                isHeard = false;
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "What other instances store is not heard ({Reason}); trying again")]
    private partial void LogLost(string reason);

    [LoggerMessage(LogLevel.Information, "What other instances store is heard again")]
    private partial void LogHeard();
}
