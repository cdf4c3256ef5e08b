namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>One registration server for all tests that do nothing to it: each has its own account there.</summary>
public sealed class SharedServer : IAsyncLifetime, IDisposable
{
    private Server? _server;

    internal Server Server => _server!;

    public async Task InitializeAsync() => _server = await Server.StartAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    // Called twice: by the fixture's asynchronous end and by its synchronous one.
    public void Dispose()
    {
        _server?.Dispose();
        _server = null;
    }
}

/// <summary>Tests with many processes on this host: one after another, or two cores are not enough for their deadlines.</summary>
[CollectionDefinition(Name)]
public sealed class Processes : ICollectionFixture<SharedServer>
{
    public const string Name = "Processes";
}

/// <summary>Tests in networks of their own, which wait more than they work: one after another, beside those of <see cref="Processes"/>.</summary>
[CollectionDefinition(Name)]
public sealed class Networks : ICollectionFixture<SharedServer>
{
    public const string Name = "Networks";
}
