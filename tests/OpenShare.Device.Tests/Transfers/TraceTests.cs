using System.Diagnostics;
using OpenShare.Device.Transfers.Telemetry;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>One trace for each transfer, told by both sides.</summary>
public sealed class TraceTests : TransferSpecs
{
    [Fact]
    public async Task Both_sides_tell_of_a_transfer_under_one_trace_whose_id_is_the_transfers()
    {
        List<Activity> ended = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TransferMetrics.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (ended)
                    ended.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        var (ann, ben) = Devices();
        ann.Write("a.bin", 3 * Chunk);

        var id = await ann.SendAsync(ben, "a.bin");
        AssertCompleted(await ann.EndsAsync(id), delivered: 1);
        await ann.KillAsync();
        await ben.KillAsync();

        List<Activity> of;
        lock (ended)
            of = [.. ended.Where(a => a.TraceId.ToString() == id.ToString())];
        Assert.Equal(["receiving", "sending"], of.Select(a => a.OperationName).Order());
        Assert.All(of, a => Assert.Equal("completed", a.GetTagItem("openshare.state")));
        Assert.Contains("transferring", of.Single(a => a.OperationName == "sending").Events.Select(e => e.Name));
        Assert.Null(Activity.Current);
    }
}
