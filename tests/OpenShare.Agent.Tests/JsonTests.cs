using System.Text.Json;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;

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
    public async Task A_transfer_shown_alone_has_every_file_of_it_however_many_answers_that_takes()
    {
        _device.SetTransfer(Some.Transfer with { File = "Photos/b.jpg" });
        _device.Files = new FilesProgress(2500, 1, 1, 1, [
            .. Enumerable.Range(0, 2500).Select(i => new FileProgress($"Photos/{i}", 1, 1, FileState.Done)),
            new FileProgress("Photos/b.jpg", 1000, 400, FileState.UnderWay), new FileProgress("Photos/c.jpg", 1000, 0, FileState.ToCome),
            new FileProgress("Photos/d.jpg", 1000, 0, FileState.LeftOut)], Next: null);

        var shown = JsonDocument.Parse(await AskAsync("transfer", "show", "7a")).RootElement;

        Assert.Equal("Photos/b.jpg", shown.GetProperty("file").GetString());
        var files = shown.GetProperty("files");
        Assert.Equal(2503, files.GetProperty("list").GetArrayLength());
        Assert.Equal("{\"path\":\"Photos/b.jpg\",\"state\":\"under_way\",\"size\":1000,\"bytes_done\":400}", files.GetProperty("list")[2500].GetRawText());
        Assert.Equal(["done", "under_way", "to_come", "left_out", "list"], files.EnumerateObject().Select(p => p.Name));
        Assert.Equal([0u, 1000u, 2000u], _device.FilesAsked.Select(a => a.From));
    }

    [Fact]
    public async Task A_person_is_shown_counts_and_the_files_under_way()
    {
        _device.SetTransfer(Some.Transfer);
        _device.Files = new FilesProgress(3, 7, 2, 1, [.. Enumerable.Range(0, 7).Select(i => new FileProgress($"Photos/{i}\u202e.jpg", 2048, 1024, FileState.UnderWay))], Next: null);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("transfer", "show", "7a"));

        Assert.Contains("3 done, 7 under way, 2 to come, 1 left out", cli.Out, StringComparison.Ordinal);
        Assert.Contains("Photos/4\ufffd.jpg, 1.0 KiB of 2.0 KiB", cli.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Photos/5", cli.Out, StringComparison.Ordinal);
        Assert.Contains("and 2 more", cli.Out, StringComparison.Ordinal);
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
