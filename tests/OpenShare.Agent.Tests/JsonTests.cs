using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Hosting;

namespace OpenShare.Agent.Tests;

/// <summary>What --json prints, whole, against the documents under Golden/.</summary>
public sealed class JsonTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    private async Task<string> AskAsync(params string[] args)
    {
        using var cli = new Support.Cli(_home, _device);
        Assert.Equal((0, ""), (await cli.RunAsync([.. args, "--json"]), cli.Error));
        return cli.Out;
    }

    [Fact]
    public async Task Status()
    {
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);

        Golden.Equal("status.json", await AskAsync("status"), (_home.Home, "HOME"), (TestAgent.Options(_home.Home).SaveTo, "INBOX"));
    }

    [Fact]
    public async Task Status_of_a_device_that_is_registering()
    {
        _device.Change(_ => Some.Unregistered with
        {
            Registration = new RegistrationState.Underway(new Uri("https://share.example:8443"), 3, "The server does not answer.", Some.Time),
        });
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);

        Golden.Equal("status-registering.json", await AskAsync("status"), (_home.Home, "HOME"), (TestAgent.Options(_home.Home).SaveTo, "INBOX"));
    }

    [Fact]
    public async Task Peers()
    {
        _device.SetPeers(Some.Peer, Some.Peer with { Name = "grüße 世界", Address = null, FoundBy = null, Latency = null, Trust = PeerTrust.Revoked });
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);

        Golden.Equal("peers.json", await AskAsync("peers"));
    }

    [Fact]
    public async Task Transfers()
    {
        _device.SetTransfer(Some.Completed);

        Golden.Equal("transfers.json", await AskAsync("transfers"));
    }

    [Fact]
    public async Task A_transfer_under_way()
    {
        _device.SetTransfer(Some.Transfer);

        Golden.Equal("transfer-show.json", await AskAsync("transfer", "show", "7a"));
    }

    [Fact]
    public async Task A_send()
    {
        _device.SetPeers(Some.Peer);
        _device.OnSend = _ =>
        {
            _device.SetTransfer(Some.Completed);
            return new SendStart.Started(Some.TransferId);
        };

        Golden.Equal("send.json", await AskAsync("send", _home.Root, "--to", "bob"));
    }

    [Fact]
    public async Task A_transfer_shown_alone_has_its_manifest()
    {
        _device.SetTransfer(Some.Completed);
        _device.Manifest = """{"manifest_id":"9b","filename":"Photos","size":3500000,"chunk_hashes":["sha256:ab"],"sender_sig":"c2ln","payload":"cGF5"}"""u8.ToArray();

        Golden.Equal("transfer-show-manifest.json", await AskAsync("transfer", "show", "7aaa"));
    }

    [Fact]
    public async Task A_received_text_shown_alone_has_its_text()
    {
        _device.SetTransfer(Some.Completed with { Direction = TransferDirection.Receiving, Summary = "Text from bob 2026-03-04 05.06.txt", IsText = true });
        _device.Text = new TextView("/in/Text from bob 2026-03-04 05.06.txt", "https://example.org/grüße\n");

        Golden.Equal("transfer-show-text.json", await AskAsync("transfer", "show", "7aaa"));
    }

    [Fact]
    public async Task A_receipt()
    {
        _device.SetTransfer(Some.Completed);
        _device.Receipts = [Some.Receipt];

        Golden.Equal("receipt-show.json", await AskAsync("receipt", "show", "7aaa"));
    }

    [Fact]
    public async Task A_receipt_verified()
    {
        _device.SetTransfer(Some.Completed);
        _device.Receipts = [Some.Receipt];
        _device.Check = new ReceiptCheck(null, true, Some.Receipt);

        Golden.Equal("receipt-verify.json", await AskAsync("receipt", "verify", "7aaa"));
    }

    [Fact]
    public async Task The_revocation_list()
    {
        _device.Refresh = new RevocationRefresh.Refreshed(Some.Revocation, true);

        Golden.Equal("revocation-status.json", await AskAsync("revocation", "status"));
        Golden.Equal("revocation-refresh.json", await AskAsync("revocation", "refresh"));
    }

    [Fact]
    public async Task A_diagnosis()
    {
        _device.OnDiagnose = _ => Some.Diagnosis;
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(1, await cli.RunAsync("doctor", "--json"));

        var seconds = System.Text.Json.JsonDocument.Parse(cli.Out).RootElement.GetProperty("seconds").GetRawText();
        Golden.Equal("doctor.json", cli.Out, ($"\"seconds\":{seconds}", "\"seconds\":4.2"));
    }

    public void Dispose() => _home.Dispose();
}
