namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>A network namespace with nothing in it but loopback: a laptop in the woods.</summary>
internal sealed class OfflineNetwork : IDisposable
{
    private readonly string _name = $"openshare-e2e-{Environment.ProcessId}";

    /// <summary>What to run a program within.</summary>
    public string[] Within => ["ip", "netns", "exec", _name];

    public static async Task<OfflineNetwork> CreateAsync()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "a network namespace needs root");
        var network = new OfflineNetwork();
        Skip.IfNot(await NetworkNamespace.AddAsync(network._name), "this kernel makes no network namespace");
        Assert.True(await SystemCommand.SucceedsAsync("ip", "-n", network._name, "link", "set", "lo", "up"));
        return network;
    }

    public void Dispose() => SystemCommand.SucceedsAsync("ip", "netns", "delete", _name).Wait(Patience.Short);
}
