using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Several transfers to one device at once: each gets its turns, whatever becomes of the others.</summary>
public sealed class SharingTests : TransferSpecs
{
    // Three windows of 16 chunks are more than all of them together may have under way.
    private const int Chunks = 24;

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly ManualResetEventSlim _letThrough = new();

    public SharingTests() => (_ann, _ben) = Devices();

    [Theory]
    [InlineData("nothing")]
    [InlineData("cancelled")]
    [InlineData("paused")]
    public async Task All_come_through_whatever_becomes_of_one_in_the_middle(string what)
    {
        _ann.Write("0", Chunks * Chunk);
        var first = await SendHeldUpAsync(_ann, _ben, "0", _letThrough);
        var others = new Dictionary<TransferId, (string Name, byte[] Content)>();
        foreach (var name in (string[])["1", "2", "3"])
        {
            var content = _ann.Write(name, (Chunks * Chunk) + int.Parse(name));
            others.Add(await _ann.SendAsync(_ben, name), (name, content));
        }

        if (what == "cancelled")
            await _ann.CancelAsync(first);
        else if (what == "paused")
            await _ann.PauseAsync(first, isPaused: true);
        _letThrough.Set();

        var ended = new HashSet<TransferId>();
        while (ended.Count < others.Count)
        {
            var view = await _ann.SeesAnyAsync(v => others.ContainsKey(v.Id) && v.IsEnded);
            AssertCompleted(view, delivered: 1);
            ended.Add(view.Id);
        }
        Assert.All(others.Values, o => Assert.Equal(o.Content, _ben.Arrived(o.Name)));
        if (what == "paused")
            await _ann.PauseAsync(first, isPaused: false);
        if (what != "cancelled")
            AssertCompleted((await _ann.TransfersAsync()).Single(t => t.Id == first) is { IsEnded: true } over ? over : await _ann.EndsAsync(first), delivered: 1);
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        base.AfterAll();
    }
}
