using System.Net;
using Akka.TestKit.Xunit2;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Two devices, ann who sends and ben who receives.</summary>
public abstract class TransferSpecs : TestKit
{
    protected const int Chunk = Protocol.Wire.Limits.DefaultChunk;

    private readonly List<TransferDevice> _devices = [];
    private readonly Akka.TestKit.TestProbe _errors;

    // Tests hold up the disk, and with it threads of the pool, which on a small machine has few of its own.
    static TransferSpecs() => ThreadPool.SetMinThreads(32, 32);

    protected TransferSpecs()
    {
        _errors = CreateTestProbe();
        Sys.EventStream.Subscribe(_errors.Ref, typeof(Akka.Event.Error));
    }

    private protected TestOrganisation Organisation { get; } = new(1, DateTimeOffset.UtcNow);

    private protected MemoryNetwork Network { get; } = new();

    private protected TransferDevice Start(
        string name, string? inbox = null, AcceptPolicy accept = AcceptPolicy.Own, TransferTuning? tuning = null, int workers = 2)
    {
        return Start(new TransferDevice(this, Network.Host(IPAddress.Parse($"127.0.0.{_devices.Count + 1}")), Organisation.Enroll(name), inbox, accept, tuning: tuning, workers: workers));
    }

    private protected TransferDevice Start(TransferDevice device)
    {
        _devices.Add(device);
        return device;
    }

    private protected (TransferDevice Ann, TransferDevice Ben) Devices() => (Start("ann"), Start("ben"));

    /// <summary>A transfer whose third write is under way, and waits.</summary>
    private protected static async Task<TransferId> SendHeldUpAsync(TransferDevice from, TransferDevice to, string name, ManualResetEventSlim letThrough)
    {
        var underWay = new TaskCompletionSource();
        to.Disk.OnWrite = number =>
        {
            if (number < 2)
                return;
            underWay.TrySetResult();
            letThrough.Wait(TimeSpan.FromSeconds(20));
        };
        var id = await from.SendAsync(to, name);
        await underWay.Task.WaitAsync(TimeSpan.FromSeconds(20));
        return id;
    }

    /// <summary>The chunks that a map says are written.</summary>
    private protected static IEnumerable<long> OrdinalsOf(ChunkMap map) =>
        ChunkBits.Set(map.Written).Select(i => (long)map.Chunks.First + i);

    private protected void AssertCompleted(TransferView view, int delivered)
    {
        // A session that failed and was made anew may have come to the same end: it is a defect still.
        if (_errors.HasMessages)
            Assert.Fail($"An actor failed: {_errors.ReceiveOne(TimeSpan.Zero)}");
        Assert.True(view.State == TransferState.Completed, $"{view.State}: {view.Detail}");
        Assert.Equal((delivered, 0, 0), (view.Receipt!.Delivered, view.Receipt.Withdrawn, view.Receipt.Refused));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _devices.ForEach(d => d.Dispose());
    }
}
