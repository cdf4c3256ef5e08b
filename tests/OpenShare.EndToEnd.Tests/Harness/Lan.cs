using System.Diagnostics;
using System.Net;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>
/// A network of this machine's own: hosts, each a network namespace, on one bridge, which has a namespace too; there may be
/// further bridges, each a network that knows nothing of the others. What an access point does is done at the bridge, what a
/// firewall does in a host.
/// </summary>
internal sealed class Lan : IDisposable
{
    private const string Rules = "openshare_test";

    private static int s_made;

    // Two tests may have one at the same time.
    private readonly string _prefix = $"osh{Environment.ProcessId}-{Interlocked.Increment(ref s_made)}";
    private readonly List<string> _namespaces = [];

    /// <summary>Makes it, or skips the test where something is missing for it.</summary>
    public static async Task<Lan> CreateAsync()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "a network of network namespaces needs root");
        foreach (var tool in (string[])["ip", "nft", "tc", "ethtool", "unshare"])
            Skip.IfNot(await SystemCommand.SucceedsAsync("sh", "-c", $"command -v {tool}"), $"{tool} is not installed");
        Skip.IfNot(await SystemCommand.SucceedsAsync("unshare", "--net", "true"), "network namespaces cannot be made here");
        var lan = new Lan();
        try
        {
            await lan.AddNamespaceAsync("bridge");
            await lan.AddBridgeAsync("br0");
            return lan;
        }
        catch
        {
            lan.Dispose();
            throw;
        }
    }

    /// <summary>Another network; the first is br0.</summary>
    public async Task AddBridgeAsync(string bridge)
    {
        await BridgeAsync("ip", "link", "add", bridge, "type", "bridge", "mcast_snooping", "0");
        await BridgeAsync("ip", "link", "set", bridge, "up");
    }

    /// <summary>A host with one interface, eth0, on the bridge.</summary>
    public async Task AddHostAsync(string host, string address)
    {
        await AddNamespaceAsync(host);
        await MustAsync("ip", "link", "add", Port(host), "netns", Namespace("bridge"), "type", "veth", "peer", "name", "eth0", "netns", Namespace(host));
        await BridgeAsync("ip", "link", "set", Port(host), "master", "br0", "up");
        // Addresses that are still being checked for duplicates cannot be sent from.
        await HostAsync(host, "sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad");
        await HostAsync(host, "ip", "address", "add", address + "/24", "dev", "eth0");
        await HostAsync(host, "ip", "link", "set", "eth0", "up");
    }

    /// <summary>The end of a host's cable at the bridge.</summary>
    public static string Port(string host) => "p-" + host;

    /// <summary>What to run a program within to have it on that host.</summary>
    public string[] Within(string host) => ["ip", "netns", "exec", Namespace(host)];

    /// <summary>The same, where names are looked up in that file alone.</summary>
    public string[] Within(string host, string hostsFile, string switchFile) =>
    [
        .. Within(host), "unshare", "-m", "sh", "-c",
        "mount --bind \"$1\" /etc/hosts && mount --bind \"$2\" /etc/nsswitch.conf && shift 2 && exec \"$@\"", "sh", hostsFile, switchFile,
    ];

    /// <summary>Runs a command on a host.</summary>
    public Task HostAsync(string host, params string[] command) => MustAsync([.. Within(host), .. command]);

    /// <summary>Runs a command on a host, for its output.</summary>
    public Task<string> AskAsync(string host, params string[] command) => MustAsync([.. Within(host), .. command]);

    /// <summary>Runs a command where the bridge is.</summary>
    public Task BridgeAsync(params string[] command) => HostAsync("bridge", command);

    /// <summary>A host's firewall: what it drops.</summary>
    /// <param name="hook">input or output</param>
    public Task FirewallAsync(string host, string hook, string rule) =>
        HostAsync(host, "nft", $"add table inet {Rules}; add chain inet {Rules} {hook} {{ type filter hook {hook} priority 0; }}; add rule inet {Rules} {hook} {rule}");

    /// <summary>What the bridge does not pass on.</summary>
    public Task FilterAsync(string rule) =>
        BridgeAsync("nft", $"add table bridge {Rules}; add chain bridge {Rules} forward {{ type filter hook forward priority 0; }}; add rule bridge {Rules} forward {rule}");

    /// <summary>
    /// So many bits a second to that host, and a queue of a fiftieth of a second before them, where its access point would have it.
    /// What is sent is then packets of the network's own size.
    /// </summary>
    public async Task ShapeAsync(string host, string rate)
    {
        await HostAsync(host, "ethtool", "-K", "eth0", "tso", "off", "gso", "off", "gro", "off");
        await BridgeAsync("tc", "qdisc", "replace", "dev", Port(host), "root", "tbf", "rate", rate, "burst", "64k", "latency", "20ms");
    }

    /// <summary>So many bits a second from that host, and before them the queue that a system has by itself: a thousand packets, the first first; or null: neither.</summary>
    public async Task SlowAsync(string host, string? rate)
    {
        // There may be none.
        await SystemCommand.SucceedsAsync([.. Within(host), "tc", "qdisc", "delete", "dev", "eth0", "root"]);
        if (rate is null)
            return;
        await HostAsync(host, "tc", "qdisc", "add", "dev", "eth0", "root", "handle", "1:", "htb", "default", "1");
        await HostAsync(host, "tc", "class", "add", "dev", "eth0", "parent", "1:", "classid", "1:1", "htb", "rate", rate, "burst", "64k");
        await HostAsync(host, "tc", "qdisc", "add", "dev", "eth0", "parent", "1:1", "pfifo", "limit", "1000");
    }

    /// <summary>Of a hundred packets, either way, so many never get there.</summary>
    public Task LoseAsync(int percent) => FilterAsync($"numgen random mod 100 < {percent} drop");

    /// <summary>Pulls a host's cable at the bridge, or puts it back.</summary>
    public Task ConnectAsync(string host, bool isConnected) => BridgeAsync("ip", "link", "set", Port(host), isConnected ? "up" : "down");

    /// <summary>Takes a host off its network, and every address from it.</summary>
    public Task LeaveAsync(string host) => HostAsync(host, "sh", "-c", "ip link set eth0 down; ip address flush dev eth0");

    /// <summary>Brings a host that left onto this network. It is another station there, as phones are: so its link-local address is another too.</summary>
    public async Task JoinAsync(string host, string bridge, string address)
    {
        var station = "02:00:" + string.Join(':', IPAddress.Parse(address).GetAddressBytes().Select(b => $"{b:x2}"));
        await BridgeAsync("ip", "link", "set", Port(host), "master", bridge, "up");
        await HostAsync(host, "ip", "link", "set", "eth0", "address", station, "up");
        await AddressAsync(host, address);
    }

    /// <summary>Gives a host this address instead of the one it has.</summary>
    public Task AddressAsync(string host, string address) =>
        HostAsync(host, "sh", "-c", $"ip -4 address flush dev eth0; ip address add {address}/24 dev eth0");

    /// <summary>Takes every rule back.</summary>
    public async Task OpenAsync()
    {
        foreach (var each in _namespaces)
            await SystemCommand.SucceedsAsync("ip", "netns", "exec", each, "nft", "flush", "ruleset");
    }

    /// <summary>Does something in a host's network from within this very process: a socket made there stays there.</summary>
    public T In<T>(string host, Func<T> make)
    {
        T? made = default;
        Exception? failed = null;
        var thread = new Thread(() =>
        {
            try
            {
                NetworkNamespace.Enter(Namespace(host));
                made = make();
            }
            catch (Exception error)
            {
                failed = error;
            }
        });
        thread.Start();
        thread.Join();
        return failed is null ? made! : throw new InvalidOperationException($"Nothing could be made on {host}.", failed);
    }

    public void Dispose()
    {
        // The pairs go with their namespaces.
        foreach (var each in _namespaces)
            SystemCommand.SucceedsAsync("ip", "netns", "delete", each).Wait(Patience.Short);
        _namespaces.Clear();
    }

    private string Namespace(string host) => $"{_prefix}-{host}";

    private async Task AddNamespaceAsync(string host)
    {
        await MustAsync("ip", "netns", "add", Namespace(host));
        _namespaces.Add(Namespace(host));
        await HostAsync(host, "ip", "link", "set", "lo", "up");
    }

    private static async Task<string> MustAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {await output}{await errors}");
        return await output;
    }
}
