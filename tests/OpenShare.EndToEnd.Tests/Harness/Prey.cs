namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>An honest device whose agent runs, and one of its own account that has gone bad.</summary>
public sealed class Prey(SharedServer shared) : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private TestDevice? _honest;
    private TestDevice? _bad;

    internal TestDevice Honest => _honest!;

    /// <summary>The home of the bad one: no agent of ours runs there.</summary>
    internal TestDevice Bad => _bad!;

    internal string Path => _folder.Path;

    public async Task InitializeAsync()
    {
        var token = await shared.Server.TokenAsync($"prey-{Guid.NewGuid():N}"[..20], "--uses", "2");
        _honest = new TestDevice(_folder.Path, "alice");
        _bad = new TestDevice(_folder.Path, "mallory");
        await Task.WhenAll(_honest.RegisterAsync(shared.Server.Url, token), _bad.RegisterAsync(shared.Server.Url, token));
        await _honest.StartAgentAsync();
    }

    /// <summary>Everything in the folder but what the homes hold, and but the folder for what is received, which comes with the first offer.</summary>
    internal IReadOnlyList<string> Files() =>
        [.. Directory.EnumerateFileSystemEntries(_folder.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Where(p => p != Honest.SaveTo && !p.StartsWith(Honest.Home + "/", StringComparison.Ordinal) && !p.StartsWith(Bad.Home + "/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    public Task DisposeAsync() => Task.CompletedTask;

    // Called twice: by the fixture's asynchronous end and by its synchronous one.
    public void Dispose()
    {
        _honest?.Dispose();
        _bad?.Dispose();
        (_honest, _bad) = (null, null);
        _folder.Dispose();
    }
}
