using System.Diagnostics.Metrics;
using OpenShare.Device.Hosting;

namespace OpenShare.Device.Transfers.Telemetry;

/// <summary>What is counted of all transfers of this process, for whoever listens (System.Diagnostics.Metrics).</summary>
public static class TransferMetrics
{
    /// <summary>The meter's name, and the source's of the traces.</summary>
    public const string Name = "OpenShare.Transfers";

    private static readonly Meter s_meter = new(Name);

    private static readonly Counter<long> s_done = s_meter.CreateCounter<long>(
        "openshare.transfer.bytes", "By", "Bytes of files that the receiver has verified and written.");

    private static readonly Counter<long> s_again = s_meter.CreateCounter<long>(
        "openshare.transfer.bytes_resent", "By", "Bytes of files that were sent again: their link or stream was lost under them, or they came damaged.");

    private static readonly Counter<long> s_sealed = s_meter.CreateCounter<long>(
        "openshare.transfer.bytes_sealed", "By", "Bytes of files that were encrypted to be sent, each time that they were.");

    private static readonly Counter<long> s_ended = s_meter.CreateCounter<long>(
        "openshare.transfer.ended", "{transfer}", "Transfers that have ended, by how.");

    private static readonly UpDownCounter<int> s_running = s_meter.CreateUpDownCounter<int>(
        "openshare.transfer.running", "{transfer}", "Transfers that have not ended, and run or wait for their link.");

    private static readonly Counter<long> s_interrupted = s_meter.CreateCounter<long>(
        "openshare.transfer.interruptions", "{interruption}", "Links that were lost under a transfer: each is followed by a retry.");

    private static readonly Histogram<double> s_latency = s_meter.CreateHistogram<double>(
        "openshare.transfer.frame.duration", "s", "From the order to send some chunks to the word that they are verified and written.");

    private static readonly UpDownCounter<int> s_frames = s_meter.CreateUpDownCounter<int>(
        "openshare.transfer.frames_under_way", "{frame}", "Frames that were sent and not answered; those of a lost stream count until they are sent again and answered, or the link is gone.");

    private static readonly UpDownCounter<int> s_queued = s_meter.CreateUpDownCounter<int>(
        "openshare.workers.queued", "{job}", "Disk and hashing jobs that wait for a thread.");

    internal static void Done(TransferDirection direction, long bytes) => s_done.Add(bytes, Tag(direction));

    internal static void Resent(long bytes) => s_again.Add(bytes);

    internal static void Sealed(long bytes) => s_sealed.Add(bytes);

    internal static void Started(TransferDirection direction) => s_running.Add(1, Tag(direction));

    internal static void Stopped(TransferDirection direction) => s_running.Add(-1, Tag(direction));

    internal static void Ended(TransferDirection direction, TransferState state) =>
        s_ended.Add(1, Tag(direction), new("state", Word(state)));

    internal static void Interrupted(TransferDirection direction) => s_interrupted.Add(1, Tag(direction));

    internal static void FrameAnswered(TimeSpan after) => s_latency.Record(after.TotalSeconds);

    internal static void FramesUnderWay(int change) => s_frames.Add(change);

    internal static void JobQueued(int change) => s_queued.Add(change);

    internal static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static KeyValuePair<string, object?> Tag(TransferDirection direction) => new("direction", Word(direction));
}
