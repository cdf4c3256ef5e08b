using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akka.TestKit.Xunit2;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transfers.Rehearsing;
using OpenShare.Device.Transfers.Telemetry;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A rehearsal goes through all of a transfer, and nobody can tell afterwards.</summary>
[Collection(nameof(Alone))]
public sealed class RehearsalTests : TestKit
{
    private readonly TemporaryFolder _folder = new();

    private string Stage => _folder["rehearsal"];

    [Fact]
    public async Task It_completes_and_leaves_nothing()
    {
        Assert.IsType<RehearsalEnd.Completed>(await Rehearsal.RunAsync(Sys, Stage, CancellationToken.None));

        Assert.False(Directory.Exists(Stage));
    }

    [Fact]
    public async Task What_one_that_was_killed_has_left_is_gone_with_the_next()
    {
        Directory.CreateDirectory(Path.Combine(Stage, "0"));
        File.WriteAllText(Path.Combine(Stage, "0", "large"), "half");

        Assert.IsType<RehearsalEnd.Completed>(await Rehearsal.RunAsync(Sys, Stage, CancellationToken.None));

        Assert.False(Directory.Exists(Stage));
    }

    [Fact]
    public async Task One_that_is_stopped_says_so_and_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        var running = Rehearsal.RunAsync(Sys, Stage, stop.Token);
        await AwaitConditionAsync(() => Task.FromResult(Directory.Exists(Path.Combine(Stage, "received"))), RemainingOrDefault);
        await stop.CancelAsync();

        Assert.IsType<RehearsalEnd.Failed>(await running);
        Assert.False(Directory.Exists(Stage));
    }

    [Fact]
    public async Task Where_nothing_can_be_written_it_says_why()
    {
        File.WriteAllText(_folder["file"], "");

        Assert.IsType<RehearsalEnd.Failed>(await Rehearsal.RunAsync(Sys, Path.Combine(_folder["file"], "below"), CancellationToken.None));
    }

    [Fact]
    public async Task It_is_neither_counted_nor_traced()
    {
        var heard = 0;
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == TransferMetrics.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>((_, _, _, _) => Count());
        meters.SetMeasurementEventCallback<int>((_, _, _, _) => Count());
        meters.SetMeasurementEventCallback<double>((_, _, _, _) => Count());
        meters.Start();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TransferMetrics.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = _ => Count(),
        };
        ActivitySource.AddActivityListener(traces);

        Assert.IsType<RehearsalEnd.Completed>(await Rehearsal.RunAsync(Sys, Stage, CancellationToken.None));

        Assert.Equal(0, heard);

        void Count() => Interlocked.Increment(ref heard);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _folder.Dispose();
    }
}
