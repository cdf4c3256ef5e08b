using OpenShare.Protocol.Transfer;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>What a person on either side has wait waits, over restarts too, and loses nothing.</summary>
public sealed class PauseTests : TransferSpecs
{
    private const int Chunks = 40;

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly byte[] _content;
    private readonly ManualResetEventSlim _letThrough = new();

    public PauseTests()
    {
        (_ann, _ben) = Devices();
        _content = _ann.Write("a.bin", Chunks * Chunk);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_paused_transfer_stands_still_on_both_sides_and_goes_on(bool bySender)
    {
        var (id, who, other) = await PausedMidwayAsync(bySender);

        Assert.Equal("paused on the other device", (await other.SeesAsync(id, v => v.State == TransferState.Paused)).Detail);
        Assert.InRange(_ben.Database.Transfers.All().Single().Transfer.ChunksDone, 0, Chunks - 1);
        Assert.False(File.Exists(Path.Combine(_ben.Inbox, "a.bin")));

        Assert.NotEqual(TransferState.Paused, (await who.PauseAsync(id, isPaused: false)).State);
        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pause_outlives_a_restart(bool bySender)
    {
        var (id, who, other) = await PausedMidwayAsync(bySender);

        await who.KillAsync();
        who.Start();
        _ann.See(_ben);

        Assert.Equal("paused on the other device", (await other.SeesAsync(id, v => v.State == TransferState.Paused)).Detail);
        Assert.Equal(TransferState.Paused, (await who.TransfersAsync()).Single().State);
        await who.PauseAsync(id, isPaused: false);
        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    [Fact]
    public async Task What_is_paused_on_both_sides_goes_on_when_both_say_so()
    {
        var (id, _, _) = await PausedMidwayAsync(bySender: true);
        Assert.Equal("paused on both devices", (await _ben.PauseAsync(id, isPaused: true)).Detail);

        await _ann.SeesAsync(id, v => v.Detail == "paused on both devices");
        Assert.Equal(TransferState.Paused, (await _ann.PauseAsync(id, isPaused: false)).State);

        await _ben.PauseAsync(id, isPaused: false);
        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
    }

    // Scenario paused, seed 13.
    [Fact]
    public async Task What_it_waited_for_when_it_was_paused_is_nothing_that_was_left_out()
    {
        await _ben.KillAsync();
        var id = await _ann.SendAsync(_ben, "a.bin");
        await _ann.SeesAsync(id, v => v is { State: TransferState.Connecting, Detail: not null });
        await _ann.PauseAsync(id, isPaused: true);
        await _ann.KillAsync();

        _ben.Start();
        _ann.Start();
        _ann.See(_ben);
        await _ann.PauseAsync(id, isPaused: false);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
    }

    [Fact]
    public async Task A_paused_transfer_can_be_cancelled_from_the_other_side()
    {
        var (id, _, other) = await PausedMidwayAsync(bySender: true);

        await other.CancelAsync(id);

        Assert.Equal(TransferState.Cancelled, (await _ann.EndsAsync(id)).State);
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        base.AfterAll();
    }

    // Paused while its third write is under way: what its windows hold arrives still.
    private async Task<(TransferId Id, TransferDevice Who, TransferDevice Other)> PausedMidwayAsync(bool bySender)
    {
        var id = await SendHeldUpAsync(_ann, _ben, "a.bin", _letThrough);
        var (who, other) = bySender ? (_ann, _ben) : (_ben, _ann);

        Assert.Equal(TransferState.Paused, (await who.PauseAsync(id, isPaused: true)).State);

        await other.SeesAsync(id, v => v.State == TransferState.Paused);
        _letThrough.Set();
        return (id, who, other);
    }
}
