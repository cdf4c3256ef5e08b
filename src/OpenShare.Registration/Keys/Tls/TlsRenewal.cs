namespace OpenShare.Registration.Keys.Tls;

/// <summary>Looks every few seconds whether the TLS certificate's files have changed.</summary>
internal sealed partial class TlsRenewal(ShownCertificate shown, TimeProvider time, ILogger<TlsRenewal> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            // Where the clock leaps, as a test's does by months, it looks once and not for every period that it leapt over.
            await Task.Delay(Period, time, stoppingToken);
            var before = shown.Current;
            try
            {
                if (shown.Refresh())
                    LogShown(shown.Current.Fingerprint, shown.Current.SpkiHash.Span.SequenceEqual(before.SpkiHash.Span) ? "same" : "other");
            }
            // Whatever is in a file: it must not end the service.
            catch (Exception error)
            {
                LogKept(error.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "TLS shows another certificate from now on, {Fingerprint}, with the {Key} key")]
    private partial void LogShown(string fingerprint, string key);

    [LoggerMessage(LogLevel.Error, "The TLS certificate's files have changed and cannot be used; the one before is shown on. {Reason}")]
    private partial void LogKept(string reason);
}
