using OpenShare.Device.Views;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>What whoever asks for all transfers is shown, again and again.</summary>
public sealed class ShownTests : TransferSpecs
{
    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly ManualResetEventSlim _letThrough = new();
    private int _read;

    public ShownTests()
    {
        (_ann, _ben) = Devices();
        _ann.OnNote = note => Interlocked.Add(ref _read, note == "all are read" ? 1 : 0);
    }

    [Fact]
    public async Task Those_that_are_over_are_not_read_again_while_another_goes_on()
    {
        _ann.Write("a", 3000);
        _ann.Write("b", 30 * Chunk);
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "a")), delivered: 1);
        var id = await SendHeldUpAsync(_ann, _ben, "b", _letThrough);
        await _ann.SeesAsync(id, v => v.State == TransferState.Transferring);
        // What told of its beginning is heard by then.
        await AwaitAssertAsync(async () =>
        {
            var before = Volatile.Read(ref _read);
            for (var i = 0; i < 20; i++)
                Assert.Equal([(id, TransferState.Transferring), (Newest(1), TransferState.Completed)], (await _ann.TransfersAsync()).Select(t => (t.Id, t.State)));
            Assert.Equal(before, Volatile.Read(ref _read));
        }, TimeSpan.FromSeconds(20));

        _letThrough.Set();
        await _ann.EndsAsync(id);

        Assert.All(await _ann.TransfersAsync(), t => Assert.Equal(TransferState.Completed, t.State));
    }

    /// <summary>One that has just ended is at no moment missing.</summary>
    [Fact]
    public async Task Each_is_shown_at_every_moment()
    {
        for (var i = 0; i < 10; i++)
            _ann.Write($"f{i}", 1000);
        var ids = new List<Protocol.Transfer.TransferId>();
        for (var i = 0; i < 10; i++)
        {
            ids.Add(await _ann.SendAsync(_ben, $"f{i}"));
            do
            {
                Assert.Equal(Enumerable.Reverse(ids), (await _ann.TransfersAsync()).Select(t => t.Id));
            }
            while (!(await _ann.TransfersAsync())[0].IsEnded);
        }
        Assert.All(await _ann.TransfersAsync(), t => Assert.Equal((TransferState.Completed, true), (t.State, t.Receipt is not null)));
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        base.AfterAll();
    }

    private Protocol.Transfer.TransferId Newest(int skipped) => _ann.Database.Transfers.All()[skipped].Transfer.Key.Transfer;
}
