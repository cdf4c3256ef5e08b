namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>
/// Two registered devices of one account, their agents running and seeing each other. A relay is in front of
/// both, so that the link between them passes it whichever of them dials.
/// </summary>
internal sealed class Pair : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Relay? _relay;

    private Pair(string? bobSavesTo, string? bobLivesIn)
    {
        Alice = new TestDevice(_folder.Path, "alice") { AdvertisedPort = Ports.Free(), AgentWithin = OrdinaryRights.Within };
        Bob = new TestDevice(bobLivesIn ?? _folder.Path, "bob") { AdvertisedPort = Ports.Free(), SaveTo = bobSavesTo ?? _folder["bob-received"] };
        Directory.CreateDirectory(_folder["outgoing"]);
    }

    /// <summary>The one who sends.</summary>
    public TestDevice Alice { get; }

    public TestDevice Bob { get; }

    public Relay Relay => _relay!;

    public string Account { get; } = $"account-{Guid.NewGuid():N}"[..20];

    /// <param name="bobLivesIn">the folder of Bob's home</param>
    /// <param name="bobAccount">where it is another than Alice's: then they do not see each other</param>
    public static async Task<Pair> OpenAsync(Server server, string? bobAccount = null, string? bobSavesTo = null, string? bobLivesIn = null)
    {
        var pair = new Pair(bobSavesTo, bobLivesIn);
        try
        {
            pair._relay = await Relay.StartAsync([Route(pair.Alice), Route(pair.Bob)]);
            var token = await server.TokenAsync(pair.Account, "--uses", "2");
            await Task.WhenAll(
                pair.Alice.BeginAsync(server.Url, token),
                pair.Bob.BeginAsync(server.Url, bobAccount is null ? token : await server.TokenAsync(bobAccount)));
            if (bobAccount is null)
                await pair.SeeEachOtherAsync();
            return pair;
        }
        catch
        {
            pair.Dispose();
            throw;
        }

        static (int, int) Route(TestDevice device) => (device.AdvertisedPort!.Value, device.Port);
    }

    public Task SeeEachOtherAsync() => Task.WhenAll(Alice.SeesAsync(Bob), Bob.SeesAsync(Alice));

    /// <summary>Where Alice keeps something of this name to be sent.</summary>
    public string Outgoing(string name) => Path.Combine(_folder["outgoing"], name);

    /// <summary>A file of Alice's, of fixed contents.</summary>
    public string File(string name, long bytes) => Samples.MakeFile(Outgoing(name), bytes);

    public void Dispose()
    {
        Alice.Dispose();
        Bob.Dispose();
        _relay?.Dispose();
        _folder.Dispose();
    }
}
