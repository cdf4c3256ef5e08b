using System.Net;
using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>What ben takes from ann, whom he paired and who is not registered yet, is less than from others, and goes elsewhere.</summary>
public sealed class ProvisionalTests : TransferSpecs
{
    private readonly TemporaryFolder _folder = new();
    private readonly TransferDevice _ben;
    private readonly TransferDevice _ann;

    public ProvisionalTests()
    {
        _ben = Start("ben");
        _ann = Start(new TransferDevice(this, Network.Host(IPAddress.Parse("127.0.0.9")), PairedBy(_ben.Identity)));
    }

    private string Apart => _folder["apart"];

    [Fact]
    public async Task What_is_larger_than_the_limit_is_declined_with_a_reason_and_nothing_of_it_arrives()
    {
        await RestartAsync(new ProvisionalRule(2 * Chunk, SaveTo: null));
        _ann.Write("large", (2 * Chunk) + 1);
        var small = _ann.Write("small", 2 * Chunk);

        var id = await _ann.SendAsync(_ben, "large");
        var sent = await _ann.EndsAsync(id);

        Assert.Equal(TransferState.Declined, sent.State);
        Assert.Contains("ben takes at most 2 MiB at once from a device that is not registered", sent.Detail, StringComparison.Ordinal);
        Assert.Equal(TransferState.Declined, (await _ben.EndsAsync(id)).State);
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "small")), 1);
        Assert.Equal(small, _ben.Arrived("small"));
        // ben empties his staging place once the receipt is his, and ann has it as soon.
        await AwaitAssertAsync(
            () => Assert.Equal(["small"], Directory.EnumerateFileSystemEntries(_ben.Inbox).Select(Path.GetFileName)), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_registered_device_has_no_limit_and_its_files_go_where_they_always_do()
    {
        await RestartAsync(new ProvisionalRule(1, Apart));
        var cat = Start("cat");
        var content = cat.Write("large", 3 * Chunk);

        AssertCompleted(await cat.EndsAsync(await cat.SendAsync(_ben, "large")), 1);

        Assert.Equal(content, _ben.Arrived("large"));
        Assert.False(Directory.Exists(Apart));
    }

    [Fact]
    public async Task What_it_sends_goes_to_its_own_place_also_after_a_restart_in_the_middle()
    {
        await RestartAsync(new ProvisionalRule(MostBytes: null, Apart));
        var content = _ann.Write("file", 20 * Chunk);
        using var letThrough = new ManualResetEventSlim();
        var id = await SendHeldUpAsync(_ann, _ben, "file", letThrough);

        var killed = _ben.KillAsync();
        letThrough.Set();
        await killed;
        // Where it began it goes on, whatever the setting is by then.
        _ben.Provisional = ProvisionalRule.None;
        _ben.Disk.OnWrite = _ => { };
        _ben.Start();
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), 1);
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(Apart, "file")));
        Assert.Empty(Directory.Exists(_ben.Inbox) ? Directory.EnumerateFileSystemEntries(_ben.Inbox) : []);
    }

    [Fact]
    public async Task A_limit_that_is_set_while_a_transfer_waits_ends_it_when_it_would_go_on()
    {
        _ann.Write("file", 20 * Chunk);
        using var letThrough = new ManualResetEventSlim();
        var id = await SendHeldUpAsync(_ann, _ben, "file", letThrough);

        var killed = _ben.KillAsync();
        letThrough.Set();
        await killed;
        _ben.Provisional = new ProvisionalRule(Chunk, SaveTo: null);
        _ben.Disk.OnWrite = _ => { };
        _ben.Start();
        _ann.See(_ben);

        Assert.Equal(TransferState.Declined, (await _ann.EndsAsync(id)).State);
        Assert.Equal(TransferState.Declined, (await _ben.EndsAsync(id)).State);
    }

    [Fact]
    public async Task Nobody_is_asked_about_what_is_larger_than_the_limit()
    {
        _ben.Accept = AcceptPolicy.Ask;
        await RestartAsync(new ProvisionalRule(Chunk, SaveTo: null));
        _ann.Write("large", 2 * Chunk);

        var id = await _ann.SendAsync(_ben, "large");

        Assert.Equal(TransferState.Declined, (await _ann.EndsAsync(id)).State);
        Assert.Equal(TransferState.Declined, (await _ben.SeesAsync(id, v => v.IsEnded || v.State == TransferState.AwaitingAnswer)).State);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _folder.Dispose();
    }

    private async Task RestartAsync(ProvisionalRule rule)
    {
        await _ben.KillAsync();
        _ben.Provisional = rule;
        _ben.Start();
    }

    private static DeviceIdentity PairedBy(DeviceIdentity sponsor)
    {
        var key = SigningKey.Create(new SystemRandom());
        var certificate = DeviceCertificate.Sponsored(
            sponsor.Key, sponsor.Certificate, serial: 7, key.PublicKey, "ann", ProvisionalScope.Account, DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        return sponsor with { Key = key, Certificate = certificate };
    }
}
