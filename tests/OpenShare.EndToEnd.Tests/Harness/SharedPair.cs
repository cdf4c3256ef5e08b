namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>One pair of devices for a class of tests that leave it as they found it.</summary>
public sealed class SharedPair(SharedServer shared) : IAsyncLifetime, IDisposable
{
    private Pair? _pair;

    public async Task InitializeAsync() => _pair = await Pair.OpenAsync(shared.Server);

    /// <summary>The pair, its link open and at full speed, whatever the test before came to.</summary>
    internal async Task<Pair> ReadyAsync()
    {
        var pair = _pair!;
        foreach (var command in (string[])["up", "down 1", "go", "rate 0", "delay 0"])
            pair.Relay.Tell(command);
        foreach (var device in (TestDevice[])[pair.Alice, pair.Bob])
        {
            if (!device.Agent.IsRunning)
                await device.StartAgentAsync();
        }
        await pair.SeeEachOtherAsync();
        return pair;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    // Called twice: by the fixture's asynchronous end and by its synchronous one.
    public void Dispose()
    {
        _pair?.Dispose();
        _pair = null;
    }
}
