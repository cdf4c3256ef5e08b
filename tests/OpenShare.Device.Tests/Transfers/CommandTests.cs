using OpenShare.Device.Hosting;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Devices of one command, where no agent runs: they do what they are told, and leave all else as the agent left it.</summary>
public sealed class CommandTests : TransferSpecs
{
    private const int Size = (24 * Chunk) + 5;

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly byte[] _content;
    private readonly ManualResetEventSlim _letThrough = new();

    public CommandTests()
    {
        (_ann, _ben) = Devices();
        _content = _ann.Write("a.bin", Size);
    }

    [Theory]
    [InlineData(TransferPart.Sending)]
    [InlineData(TransferPart.None)]
    public async Task What_they_are_offered_waits_for_the_agent(TransferPart part)
    {
        await RestartAsync(_ben, part);

        var id = await _ann.SendAsync(_ben, "a.bin");

        Assert.Equal("No agent runs there: it goes on once one does.", (await _ann.SeesAsync(id, v => v.State == TransferState.Waiting)).Detail);
        Assert.Empty(await _ben.TransfersAsync());
        await RestartAsync(_ben, TransferPart.All);
        _ann.See(_ben);
        AssertCompleted(await _ann.EndsAsync(id), 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    [Theory]
    [InlineData(TransferPart.Sending)]
    [InlineData(TransferPart.None)]
    public async Task What_is_half_received_waits_for_the_agent_and_its_sender_is_told(TransferPart part)
    {
        var id = await SendHeldUpAsync(_ann, _ben, "a.bin", _letThrough);
        await _ben.KillAsync();
        _letThrough.Set();
        _ben.Part = part;
        _ben.Start();
        _ann.See(_ben);

        var waits = await _ann.SeesAsync(id, v => v.State == TransferState.Waiting);

        Assert.Equal("No agent runs there: it goes on once one does.", waits.Detail);
        Assert.Equal(TransferState.Transferring, Assert.Single(await _ben.TransfersAsync()).State);
        await RestartAsync(_ben, TransferPart.All);
        _ann.See(_ben);
        AssertCompleted(await _ann.EndsAsync(id), 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    [Fact]
    public async Task What_is_half_sent_is_not_looked_at_by_one_that_does_not_send()
    {
        var begun = new TaskCompletionSource();
        _ann.Disk.OnRead = _ =>
        {
            begun.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        var id = await _ann.SendAsync(_ben, "a.bin");
        await begun.Task;
        await _ann.KillAsync();
        _letThrough.Set();
        // As where the disk is out that it is on: whoever began with it would find that it is gone.
        Directory.Move(_ann.Files, _ann.Files + "-away");
        _ann.Part = TransferPart.None;
        _ann.Start();

        Assert.False(Assert.Single(await _ann.TransfersAsync()).IsEnded);
        Assert.Equal(0, _ann.Sessions);
        Directory.Move(_ann.Files + "-away", _ann.Files);
        await RestartAsync(_ann, TransferPart.Sending);
        _ann.See(_ben);
        AssertCompleted(await _ann.EndsAsync(id), 1);
    }

    [Theory]
    [InlineData(TransferPart.Sending)]
    [InlineData(TransferPart.None)]
    public async Task What_they_are_told_to_send_they_send(TransferPart part)
    {
        await RestartAsync(_ann, part);

        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "a.bin")), 1);

        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    /// <summary>How it ended needs no settings of an agent's.</summary>
    [Fact]
    public async Task What_is_over_they_tell()
    {
        var placing = new TaskCompletionSource();
        _ben.Disk.OnComplete = () =>
        {
            placing.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        var id = await _ann.SendAsync(_ben, "a.bin");
        await placing.Task;
        await _ann.KillAsync();
        _letThrough.Set();
        await _ben.SeesAsync(id, v => v.State == TransferState.Completed);
        await RestartAsync(_ben, TransferPart.Sending);
        _ann.Start();
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), 1);
    }

    [Fact]
    public async Task What_is_called_off_by_one_is_told_by_the_agent()
    {
        var id = await SendHeldUpAsync(_ann, _ben, "a.bin", _letThrough);
        await _ann.KillAsync();
        _letThrough.Set();
        _ann.Part = TransferPart.None;
        _ann.Start();

        Assert.Equal(TransferState.Cancelled, (await _ann.CancelAsync(id))!.State);

        Assert.True(_ann.Database.Transfers.Find(id)!.Value.Transfer.OwesWord);
        await RestartAsync(_ann, TransferPart.All);
        _ann.See(_ben);
        Assert.Equal(TransferState.Cancelled, (await _ben.EndsAsync(id)).State);
    }

    private static async Task RestartAsync(TransferDevice device, TransferPart part)
    {
        await device.KillAsync();
        device.Part = part;
        device.Start();
    }
}
