using System.Diagnostics;

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
        Skip.IfNot(await NewNamespace.AddAsync(network._name), "this kernel makes no network namespace");
        Assert.True(await IpAsync("-n", network._name, "link", "set", "lo", "up"));
        return network;
    }

    public void Dispose() => IpAsync("netns", "delete", _name).Wait(Patience.Short);

    private static async Task<bool> IpAsync(params string[] arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true });
        await ip!.WaitForExitAsync();
        return ip.ExitCode == 0;
    }
}
