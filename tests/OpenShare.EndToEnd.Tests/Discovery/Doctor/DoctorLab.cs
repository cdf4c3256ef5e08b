using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Discovery.Doctor;

/// <summary>
/// A healthy network: Alice, Bob, and a gateway on which the registration server runs. Alice and Bob are of one account and
/// have met. Each test breaks one thing of it.
/// </summary>
public sealed class DoctorLab : IDisposable
{
    public const string AliceAddress = "10.77.0.1", BobAddress = "10.77.0.2", GatewayAddress = "10.77.0.3", OtherAddress = "10.77.0.4";
    private const string Name = "server.test";

    private readonly TemporaryFolder _folder = new();
    private Lan? _lan;
    private Server? _server;

    internal Lan Lan => _lan!;

    internal Server Server => _server!;

    /// <summary>The one whose doctor is asked. Her agent does not run, unless a test starts it.</summary>
    internal TestDevice Alice { get; private set; } = null!;

    /// <summary>His agent runs.</summary>
    internal TestDevice Bob { get; private set; } = null!;

    /// <summary>How devices know the server.</summary>
    internal string Url => $"https://{Name}:{Server.Port}";

    /// <summary>Everything as it should be, whatever the test before left.</summary>
    internal async Task ReadyAsync()
    {
        if (_lan is null)
            await BuildAsync();
        await Lan.OpenAsync();
        NameLeadsTo(GatewayAddress);
        await Lan.HostAsync("gateway", "sh", "-c", "ip link set eth0 up; ip -4 address flush dev eth0; "
            + $"ip address add {GatewayAddress}/24 dev eth0; ip address add {OtherAddress}/24 dev eth0; echo 1 >/proc/sys/net/ipv4/ip_forward");
        foreach (var (host, address) in ((string, string)[])[("alice", AliceAddress), ("bob", BobAddress)])
        {
            await Lan.HostAsync(host, "sh", "-c",
                "ip link show eth0 >/dev/null 2>&1 || { ip link set docker0 down; ip link set docker0 name eth0; }; ip link delete wg0 2>/dev/null; "
                + $"ip link set eth0 up; ip -4 address flush dev eth0; ip address add {address}/24 dev eth0; "
                + "ip address delete fd00:a::1/64 dev eth0 2>/dev/null; ip -6 route replace multicast ff00::/8 dev eth0 table local proto kernel metric 256; "
                + $"ip route replace default via {GatewayAddress}; ip neigh flush all");
            await Lan.BridgeAsync("bridge", "link", "set", "dev", Lan.Port(host), "isolated", "off");
        }
        if (!Bob.HasAgent)
            await Bob.StartAgentAsync();
        await StopAliceAsync();
    }

    /// <summary>Both agents run and see each other.</summary>
    internal async Task MeetAsync()
    {
        await Alice.StartAgentAsync();
        await Alice.CallsAsync(Bob, "certified");
        await Alice.SeesAsync(Bob);
    }

    internal async Task StopAliceAsync()
    {
        if (Alice.HasAgent)
            await Alice.Agent.TerminateAsync(Patience.Short);
    }

    /// <summary>A device on one of the hosts.</summary>
    internal TestDevice Device(string name, string host, int? port = null) => new(_folder.Path, name)
    {
        Port = port ?? Ports.Free(),
        AgentWithin = Within(host),
        CommandWithin = Within(host),
    };

    /// <summary>What the server's name means, to every host; null: nothing.</summary>
    internal void NameLeadsTo(string? address) => File.WriteAllText(_folder["hosts"], address is null ? "127.0.0.1 localhost\n" : $"127.0.0.1 localhost\n{address} {Name}\n");

    internal string[] Within(string host) => Lan.Within(host, _folder["hosts"], _folder["nsswitch"]);

    public void Dispose()
    {
        Alice?.Dispose();
        Bob?.Dispose();
        _server?.Dispose();
        _lan?.Dispose();
        _folder.Dispose();
    }

    private async Task BuildAsync()
    {
        var lan = await Lan.CreateAsync();
        _lan = lan;
        await lan.AddHostAsync("alice", AliceAddress);
        await lan.AddHostAsync("bob", BobAddress);
        await lan.AddHostAsync("gateway", GatewayAddress);
        File.WriteAllText(_folder["nsswitch"], "hosts: files\n");
        NameLeadsTo(GatewayAddress);
        // So short a life that a test can let it end, and longer than all of them take.
        _server = await Server.StartAsync(["--certificate-lifetime", "1h"], address: GatewayAddress, within: lan.Within("gateway"));
        (Alice, Bob) = (Device("alice", "alice"), Device("bob", "bob"));
        var token = await _server.TokenAsync("lab", "--uses", "2");
        await Task.WhenAll(Alice.RegisterAsync(Url, token), Bob.RegisterAsync(Url, token));
        await Bob.StartAgentAsync();
        await MeetAsync();
    }
}
