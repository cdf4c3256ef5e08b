namespace OpenShare.EndToEnd.Tests.Wifi;

/// <summary>A link that goes and comes until this is disposed; then it is there.</summary>
internal sealed class Flapping : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _cuts;

    internal Flapping(WirelessPair pair, TimeSpan up, TimeSpan down) => _running = RunAsync(pair, up, down);

    /// <summary>How often it went so far.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(WirelessPair pair, TimeSpan up, TimeSpan down)
    {
        try
        {
            while (true)
            {
                await Task.Delay(up, _stop.Token);
                Interlocked.Increment(ref _cuts);
                await pair.InterruptAsync(down);
            }
        }
        catch (OperationCanceledException)
        {
            // It was up.
        }
    }
}
