using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Wifi;

/// <summary>Two devices on a network of 200 Mbit/s each way, and what Wi-Fi does to it: packets that are lost, links that go and come.</summary>
public sealed class WirelessPair(SharedServer shared) : IDisposable
{
    public const string BobAddress = "10.77.0.2";

    private const string Home = "br0", Elsewhere = "br1", Rate = "200mbit";

    private readonly TemporaryFolder _folder = new();
    private SmallDisk? _disk;
    private Lan? _lan;
    private bool _areElsewhere;

    /// <summary>What their links and streams go over; null: as it is by itself. To be said before the first test.</summary>
    internal string? Carriers { get; set; }

    internal Lan Lan => _lan!;

    /// <summary>The one who sends.</summary>
    internal TestDevice Alice { get; private set; } = null!;

    internal TestDevice Bob { get; private set; } = null!;

    /// <summary>A file of Alice's, of fixed contents; in memory, for rates were lower with it on the disk of their databases.</summary>
    internal string File(string name, long bytes) => Samples.MakeFile(Path.Combine(_disk!.Path, "outgoing", name), bytes);

    /// <summary>Both see each other on a network that loses nothing, whatever the test before came to.</summary>
    internal async Task<WirelessPair> ReadyAsync()
    {
        if (_lan is null)
            await BuildAsync();
        await Lan.OpenAsync();
        await Lan.SlowAsync(Alice.Name, rate: null);
        foreach (var device in (TestDevice[])[Alice, Bob])
        {
            await Lan.ConnectAsync(device.Name, isConnected: true);
            if (_areElsewhere)
                await MoveAsync(device, Home, TimeSpan.Zero);
            else
                await Lan.AddressAsync(device.Name, AddressOf(device, Home));
        }
        _areElsewhere = false;
        await Task.WhenAll(Alice.SeesAsync(Bob), Bob.SeesAsync(Alice));
        return this;
    }

    /// <summary>Has what Alice sends wait for the line in her own system.</summary>
    internal Task QueueAtAliceAsync() => Lan.SlowAsync(Alice.Name, Rate);

    /// <summary>Gives a device another address on the same network.</summary>
    internal Task RenumberAsync(TestDevice device) => Lan.AddressAsync(device.Name, AddressOf(device, Home) + "2");

    /// <summary>Takes a device to another Wi-Fi; between them it is on none for so long.</summary>
    internal async Task MoveAwayAsync(TestDevice device, TimeSpan between)
    {
        _areElsewhere = true;
        await MoveAsync(device, Elsewhere, between);
    }

    /// <summary>Pulls Bob's cable for so long.</summary>
    internal async Task InterruptAsync(TimeSpan length)
    {
        await Lan.ConnectAsync("bob", isConnected: false);
        await Task.Delay(length);
        await Lan.ConnectAsync("bob", isConnected: true);
    }

    /// <summary>Pulls Bob's cable again and again.</summary>
    /// <param name="up">for so long it is there, first</param>
    internal Flapping Flap(TimeSpan up, TimeSpan down) => new(this, up, down);

    public void Dispose()
    {
        Alice?.Dispose();
        Bob?.Dispose();
        _lan?.Dispose();
        _disk?.Dispose();
        _folder.Dispose();
    }

    private async Task BuildAsync()
    {
        _lan = await Lan.CreateAsync();
        _disk = await SmallDisk.MountAsync("2g");
        (Alice, Bob) = (Device("alice"), Device("bob"));
        await Lan.AddBridgeAsync(Elsewhere);
        foreach (var device in (TestDevice[])[Alice, Bob])
            await Lan.AddHostAsync(device.Name, AddressOf(device, Home));
        var account = $"account-{Guid.NewGuid():N}"[..20];
        foreach (var device in (TestDevice[])[Alice, Bob])
        {
            if (Carriers is { } rule)
                device.Carriers(rule);
            await Lan.ShapeAsync(device.Name, Rate);
            await device.RegisterAsync(shared.Server, account);
            await device.StartAgentAsync();
        }
    }

    private async Task MoveAsync(TestDevice device, string network, TimeSpan between)
    {
        await Lan.LeaveAsync(device.Name);
        await Task.Delay(between);
        await Lan.JoinAsync(device.Name, network, AddressOf(device, network));
    }

    private string AddressOf(TestDevice device, string network) => (device == Alice, network == Home) switch
    {
        (true, true) => "10.77.0.1",
        (false, true) => BobAddress,
        (true, false) => "10.78.0.1",
        (false, false) => "10.78.0.2",
    };

    private TestDevice Device(string name) => new(_folder.Path, name) { AgentWithin = Lan.Within(name), SaveTo = Path.Combine(_disk!.Path, name) };
}
