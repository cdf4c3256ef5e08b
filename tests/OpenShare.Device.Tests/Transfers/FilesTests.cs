using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>How far each file is, on both sides, while it runs, while its sender is away and when it is over.</summary>
public sealed class FilesTests : TransferSpecs
{
    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly ManualResetEventSlim _letThrough = new();

    public FilesTests()
    {
        (_ann, _ben) = Devices();
        foreach (var name in (string[])["tree/a", "tree/b", "tree/c"])
            _ann.Write(name, 20 * Chunk, seed: name[^1]); // what is equal is copied, by workers that are held up here
    }

    [Fact]
    public async Task Both_sides_know_which_files_are_done_under_way_and_to_come()
    {
        var id = await SendHeldUpAsync(_ann, _ben, "tree", _letThrough);
        await _ann.SeesAsync(id, v => v is { File: "tree/a", ChunksDone: > 0 });

        foreach (var device in (TransferDevice[])[_ann, _ben])
        {
            var files = (await device.FilesAsync(id))!;
            Assert.Equal((0, 1, 2, 0), (files.Done, files.UnderWay, files.ToCome, files.LeftOut));
            Assert.Equal(("tree/a", 20L * Chunk, FileState.UnderWay), (files.List[0].Path, files.List[0].Size, files.List[0].State));
            Assert.InRange(files.List[0].BytesDone, 1, 2 * Chunk);
        }

        await _ann.KillAsync();
        _letThrough.Set();
        var resting = (await _ben.FilesAsync(id))!;
        Assert.Equal((3, 0), (resting.Done + resting.UnderWay + resting.ToCome, resting.LeftOut));
        Assert.NotEqual(FileState.ToCome, resting.List[0].State);

        _ann.Start();
        _ann.See(_ben);
        AssertCompleted(await _ann.EndsAsync(id), delivered: 4);
        await AssertAllDoneAsync(_ann, id);
        await AssertAllDoneAsync(_ben, id);
    }

    [Fact]
    public async Task Of_a_transfer_that_was_cancelled_or_never_was_nothing_is_known()
    {
        var id = await SendHeldUpAsync(_ann, _ben, "tree", _letThrough);
        await _ann.CancelAsync(id);
        _letThrough.Set();

        Assert.Null(await _ann.FilesAsync(id));
        Assert.Null(await _ann.FilesAsync(TransferId.Parse(new string('7', 32))));
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        base.AfterAll();
    }

    private static async Task AssertAllDoneAsync(TransferDevice device, TransferId id)
    {
        var files = (await device.FilesAsync(id))!;
        Assert.Equal((3, 0, 0, 0), (files.Done, files.UnderWay, files.ToCome, files.LeftOut));
        Assert.All(files.List, f => Assert.Equal((f.Size, FileState.Done), (f.BytesDone, f.State)));
    }
}
