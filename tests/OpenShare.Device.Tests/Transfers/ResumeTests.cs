using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Transfers that are cut go on where they were: what had arrived does not travel again.</summary>
public sealed class ResumeTests : TransferSpecs
{
    private const int Chunks = 24;
    private const int CutAt = 10;

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly byte[] _content;
    private readonly TaskCompletionSource _cut = new();
    private readonly ManualResetEventSlim _letThrough = new();
    private HashSet<ObservedDisk.Place> _arrivedBefore = [];
    private int _readsBefore;

    public ResumeTests()
    {
        (_ann, _ben) = Devices();
        _content = _ann.Write("a.bin", Chunks * Chunk);
    }

    [Fact]
    public async Task After_a_lost_link_only_the_missing_chunks_travel()
    {
        CutBefore(CutAt, Network.CutAll);
        _letThrough.Set();
        var id = await _ann.SendAsync(_ben, "a.bin");

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        AssertResumed();
    }

    [Theory]
    [InlineData(LinkRefusal.Expired)]
    [InlineData(LinkRefusal.Duplicate)]
    public async Task After_a_refusal_that_passes(LinkRefusal refusal)
    {
        var id = await SendAndKillAsync(_ben);
        _ann.Context.Events.Publish(new PeerEvents.LinkFailed(_ben.Identity.DeviceId, new LinkProblem(refusal, "not now", ByPeer: true), WillRetry: false));
        Assert.Equal("The other device refuses this one: not now", (await _ann.SeesAsync(id, v => v.State == TransferState.Waiting)).Detail);
        // What it is refused for is no news of a device that is away.
        _ann.Context.Events.Publish(new PeerEvents.LinkFailed(_ben.Identity.DeviceId, new LinkProblem(LinkRefusal.Unreachable, "away", ByPeer: false), WillRetry: true));
        await _ann.SeesAsync(id, v => v is { State: TransferState.Connecting, Detail: "away" });

        _ben.Start(Remember);
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        AssertResumed();
    }

    [Fact]
    public async Task A_sender_that_was_killed_resumes_from_its_store()
    {
        var id = await SendAndKillAsync(_ann);

        _ann.Start();
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        AssertResumed();
    }

    [Fact]
    public async Task A_sender_that_was_killed_knows_still_what_it_left_out()
    {
        _ann.Write("t/a.bin", Chunks * Chunk);
        File.CreateSymbolicLink(Path.Combine(_ann.Files, "t", "z"), "/etc");
        CutBefore(CutAt, () => { });
        var id = await _ann.SendAsync(_ben, "t");
        await _ann.SeesAsync(id, v => v.TotalsKnown);
        await _ann.KillAsync();
        _letThrough.Set();

        _ann.Start();
        _ann.See(_ben);

        var end = await _ann.EndsAsync(id);
        Assert.Equal((TransferState.Incomplete, "t/z: it is a link that may lead out of t (to /etc)"), (end.State, end.Detail));
    }

    [Fact]
    public async Task A_receiver_that_was_killed_asks_for_nothing_that_it_wrote()
    {
        var id = await SendAndKillAsync(_ben);

        _ben.Start(Remember);
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        AssertResumed();
    }

    [Fact]
    public async Task Of_what_a_killed_receiver_did_not_sync_only_what_is_not_there_any_more_travels_again()
    {
        var id = await SendAndKillAsync(_ben);
        ObservedDisk.Place lost = default;
        _ben.Start(() =>
        {
            Remember();
            lost = _arrivedBefore.First();
            Damage(lost.Offset);
        });
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Contains(lost, _ann.Disk.Reads.Skip(_readsBefore));
        _arrivedBefore.Remove(lost);
        AssertResumed();
    }

    [Fact]
    public async Task What_a_loss_of_power_took_just_before_the_end_is_sent_again_and_not_delivered()
    {
        var atTheEnd = new TaskCompletionSource();
        _ben.Disk.OnComplete = () =>
        {
            atTheEnd.TrySetResult();
            _letThrough.Wait(TimeSpan.FromSeconds(20));
            throw new IOException("the power is gone");
        };
        var id = await _ann.SendAsync(_ben, "a.bin");
        await atTheEnd.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var no = _ben.Database.Transfers.All().Single().No;
        _ben.Database.Chunks.SaveDurable(no, [.. _ben.Database.Chunks.Load(no).Select(m => (m.Page, new byte[m.Durable.Length]))]);
        await _ben.KillAsync();
        _letThrough.Set();
        Damage(7 * Chunk);

        var wasWhole = new List<bool>();
        _ben.Disk.OnComplete = () => wasWhole.Add(File.ReadAllBytes(StagedFile()).SequenceEqual(_content));
        _ben.Start();
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Equal([true], wasWhole);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    [Fact]
    public async Task A_partial_file_that_somebody_removed_is_not_trusted_again_by_a_second_restart()
    {
        var id = await SendAndKillAsync(_ben);
        File.Delete(StagedFile());
        await _ann.KillAsync();
        _ben.Start();

        var (no, record) = Assert.Single(_ben.Database.Transfers.All());
        var scope = new TransferScope(_ben.Context, _ben.Stores, _ben.Disk, _ben.Identity, TestActor, no, record, AcceptPolicy.Own);
        for (var restart = 0; restart < 2; restart++)
        {
            var arrival = Arrival.Open(scope, _ann.Identity.Key.PublicKey).Value!;
            Assert.Equal(0, arrival.Kept!.Held.Count);
            arrival.Destination.Dispose();
        }
        Assert.Equal(id, record.Key.Transfer);
    }

    [Fact]
    public async Task A_partial_file_that_somebody_removed_is_not_trusted_after_a_kill_as_soon_as_it_was_made_anew()
    {
        await SendAndKillAsync(_ben);
        File.Delete(StagedFile());
        await _ann.KillAsync();
        _ben.Start();
        var (no, record) = Assert.Single(_ben.Database.Transfers.All());
        var scope = new TransferScope(_ben.Context, _ben.Stores, _ben.Disk, _ben.Identity, TestActor, no, record, AcceptPolicy.Own);

        _ben.Disk.OnPrepared = () => throw new OperationCanceledException("killed");
        Assert.Throws<OperationCanceledException>(() => Arrival.Open(scope, _ann.Identity.Key.PublicKey));
        Assert.Equal(Chunks * Chunk, new FileInfo(StagedFile()).Length);
        _ben.Disk.OnPrepared = () => { };

        var arrival = Arrival.Open(scope, _ann.Identity.Key.PublicKey).Value!;
        Assert.Equal(0, arrival.Kept!.Held.Count);
        arrival.Destination.Dispose();
    }

    [Fact]
    public async Task The_durable_map_names_a_chunk_only_after_a_sync_that_covers_it()
    {
        // More than one checkpoint's worth.
        _ann.Write("large", 70 * Chunk);
        var (durableAtSync, durableAtEnd, writtenAtSync) = (-1, -1, -1);
        _ben.Disk.OnSync = () =>
        {
            if (durableAtSync < 0)
                (durableAtSync, writtenAtSync) = (Durable(), _ben.Disk.Writes.Count);
        };
        _ben.Disk.OnComplete = () => durableAtEnd = Durable();

        var id = await _ann.SendAsync(_ben, "large");
        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);

        Assert.Equal(0, durableAtSync);
        Assert.InRange(durableAtEnd, 1, writtenAtSync);

        int Durable() => _ben.Database.Chunks.Load(_ben.Database.Transfers.All()[0].No).Sum(m => m.Durable.Sum(b => int.PopCount(b)));
    }

    [Fact]
    public async Task What_a_killed_receiver_wrote_is_written_again_and_synced_by_the_next_before_the_map_calls_it_durable()
    {
        var id = await SendAndKillAsync(_ben);
        _ben.Disk.Writes.Clear();
        var synced = new TaskCompletionSource();
        // The word that it could not be written to the disk may have gone to the one that was killed, in the middle of a sync.
        _ben.Disk.OnSync = () => synced.TrySetResult();
        // Nothing more arrives meanwhile: what is synced was written before.
        _ann.Disk.OnRead = _ => synced.Task.Wait(TimeSpan.FromSeconds(10));
        _ben.Start(Remember);
        _ann.See(_ben);

        await synced.Task.WaitAsync(TimeSpan.FromSeconds(9));
        Assert.Subset(_ben.Disk.Writes.ToHashSet(), _arrivedBefore);
        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        Assert.Contains("a.bin", _ben.Disk.Synced);
    }

    // From this write on nothing comes to the disk until it is let through.
    private void CutBefore(int write, Action cut) => _ben.Disk.OnWrite = number =>
    {
        if (number < write)
            return;
        if (number == write)
        {
            Remember();
            cut();
            _cut.TrySetResult();
        }
        _letThrough.Wait(TimeSpan.FromSeconds(20));
    };

    private async Task<TransferId> SendAndKillAsync(TransferDevice device)
    {
        CutBefore(CutAt, () => { });
        var id = await _ann.SendAsync(_ben, "a.bin");
        await _cut.Task.WaitAsync(TimeSpan.FromSeconds(20));
        if (device == _ann)
            Remember();
        await device.KillAsync();
        _letThrough.Set();
        return id;
    }

    // What ben has noted as written is what he may be asked to remember; the reads from here on are ann's second try.
    private void Remember()
    {
        var no = Assert.Single(_ben.Database.Transfers.All()).No;
        _arrivedBefore = [.. _ben.Database.Chunks.Load(no).SelectMany(OrdinalsOf).Select(i => new ObservedDisk.Place("a.bin", i * Chunk))];
        _readsBefore = _ann.Disk.Reads.Count;
    }

    private void AssertResumed()
    {
        Assert.NotEmpty(_arrivedBefore);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
        Assert.DoesNotContain(_ann.Disk.Reads.Skip(_readsBefore), _arrivedBefore.Contains);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _letThrough.Dispose();
    }

    private string StagedFile() => Assert.Single(Directory.GetFiles(_ben.Inbox, "a.bin", SearchOption.AllDirectories));

    private void Damage(long offset)
    {
        using var file = File.OpenHandle(StagedFile(), FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, new byte[Chunk], offset);
    }
}
