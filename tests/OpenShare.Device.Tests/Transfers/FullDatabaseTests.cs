using System.Collections.Concurrent;
using Akka.Actor;
using OpenShare.Device.Storage;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A database that has no room for what a session notes, and then has.</summary>
public sealed class FullDatabaseTests : TransferSpecs
{
    private const string NoRoom = "no space left on the disk";
    private const int FailuresAllowed = 5;

    private static readonly TransferTuning Hasty = new() { LongestDiskRetry = TimeSpan.FromMilliseconds(50), Quiet = TimeSpan.FromMilliseconds(500) };

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly TransferDevice _cat;
    private readonly byte[] _content;
    private readonly ManualResetEventSlim _letThrough = new();
    private int _refused;

    public FullDatabaseTests()
    {
        (_ann, _ben, _cat) = (Start("ann", tuning: Hasty), Start("ben", tuning: Hasty), Start("cat", tuning: Hasty));
        _content = _ann.Write("a.bin", 3 * Chunk);
        _cat.Write("other.bin", 2 * Chunk);
    }

    [Theory]
    [InlineData("ben", "state")]
    [InlineData("ben", "receipt")]
    [InlineData("ann", "state")]
    [InlineData("ann", "receipt")]
    public async Task What_cannot_be_noted_is_waited_for_however_often_and_disturbs_no_other_transfer(string whose, string note)
    {
        var device = whose == "ann" ? _ann : _ben;
        var (other, session) = await OtherAsync(device);
        device.OnNote = Refuse(note);
        var id = await _ann.SendAsync(_ben, "a.bin");

        await device.SeesAsync(id, v => v is { State: TransferState.Waiting, Detail: NoRoom });
        if (device == _ben)
            await _ann.SeesAsync(id, v => v is { State: TransferState.Waiting, Detail: NoRoom });
        await AwaitConditionAsync(() => Task.FromResult(Volatile.Read(ref _refused) > FailuresAllowed), TimeSpan.FromSeconds(20));
        device.OnNote = _ => { };

        AssertCompleted(await _ann.EndsAsync(id), delivered: 1);
        AssertCompleted(await _ben.EndsAsync(id), delivered: 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
        Assert.Equal(session, await SessionAsync(device, other));
        _letThrough.Set();
        AssertCompleted(await _cat.EndsAsync(other), delivered: 1);
    }

    [Fact]
    public async Task A_session_that_fails_too_often_while_that_cannot_be_noted_goes_on_too()
    {
        var (other, session) = await OtherAsync(_ben);
        for (var i = 0; i < FailuresAllowed; i++)
        {
            if (i == FailuresAllowed - 1)
                _ben.OnNote = Refuse("state");
            await WatchAsync(session);
            session.Tell(PoisonPill.Instance);
            await ExpectTerminatedAsync(session, TimeSpan.FromSeconds(10));
            if (i < FailuresAllowed - 1)
                await AwaitAssertAsync(async () => session = await SessionAsync(_ben, other), TimeSpan.FromSeconds(20));
        }
        await _ben.SeesAsync(other, v => v is { State: TransferState.Waiting, Detail: NoRoom });
        _ben.OnNote = _ => { };
        _letThrough.Set();

        AssertCompleted(await _cat.EndsAsync(other), delivered: 1);
    }

    [Fact]
    public async Task An_order_that_cannot_be_kept_is_refused_and_disturbs_no_other_transfer()
    {
        var (other, session) = await OtherAsync(_ann);
        _ann.OnNote = Refuse("order");

        Assert.Equal(new SendStart.Refused(TransferProblem.Failed, NoRoom), await _ann.OrderAsync(_ben, "a.bin"));

        Assert.Equal(session, await SessionAsync(_ann, other));
    }

    [Fact]
    public async Task A_cancellation_that_cannot_be_kept_is_not_said_to_be()
    {
        var (other, _) = await OtherAsync(_ben);
        _ben.OnNote = Refuse("state");

        await Assert.ThrowsAsync<StorageFullException>(() => _ben.CancelAsync(other));
        await _ben.SeesAsync(other, v => v is { State: TransferState.Waiting, Detail: NoRoom });
        _ben.OnNote = _ => { };
        _letThrough.Set();

        AssertCompleted(await _cat.EndsAsync(other), delivered: 1);
    }

    protected override void AfterAll()
    {
        _letThrough.Set();
        base.AfterAll();
    }

    // Held up before its first byte travels: what is sent is read twice, to be hashed and to be sent.
    private async Task<(TransferId Id, IActorRef Session)> OtherAsync(TransferDevice to)
    {
        var hashed = new ConcurrentDictionary<ObservedDisk.Place, bool>();
        _cat.Disk.OnRead = place =>
        {
            if (!hashed.TryAdd(place, true))
                _letThrough.Wait(TimeSpan.FromSeconds(60));
        };
        var id = await _cat.SendAsync(to, "other.bin");
        await to.SeesAsync(id, v => v.State == TransferState.Transferring);
        return (id, await SessionAsync(to, id));
    }

    private Action<string> Refuse(string note) => noted =>
    {
        if (noted != note)
            return;
        Interlocked.Increment(ref _refused);
        throw new StorageFullException(NoRoom);
    };

    private async Task<IActorRef> SessionAsync(TransferDevice device, TransferId id) =>
        await Sys.ActorSelection(device.TransfersPath / $"from-*-{id}-*").ResolveOne(TimeSpan.FromSeconds(10));
}
