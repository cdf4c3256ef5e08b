using System.Diagnostics.Metrics;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;

namespace OpenShare.Device.Transfers.Telemetry;

/// <summary>What is counted of all transfers of this process, for whoever listens (System.Diagnostics.Metrics).</summary>
public sealed class TransferMetrics
{
    /// <summary>The meter's name, and the source's of the traces.</summary>
    public const string Name = "OpenShare.Transfers";

    /// <summary>Of devices that somebody uses.</summary>
    public static readonly TransferMetrics Told = new(isTold: true);

    /// <summary>Of transfers that nobody asked for: of them nobody hears.</summary>
    internal static readonly TransferMetrics Untold = new(isTold: false);

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

    private readonly bool _isTold;

    private TransferMetrics(bool isTold) => _isTold = isTold;

    internal void Done(TransferDirection direction, long bytes) => Add(s_done, bytes, Tag(direction));

    internal void Resent(long bytes) => Add(s_again, bytes);

    internal void Sealed(long bytes) => Add(s_sealed, bytes);

    internal void Started(TransferDirection direction) => Add(s_running, 1, Tag(direction));

    internal void Stopped(TransferDirection direction) => Add(s_running, -1, Tag(direction));

    internal void Ended(TransferDirection direction, TransferState state) =>
        Add(s_ended, 1, Tag(direction), new("state", Word(state)));

    internal void Interrupted(TransferDirection direction) => Add(s_interrupted, 1, Tag(direction));

    internal void FrameAnswered(TimeSpan after)
    {
        if (_isTold)
            s_latency.Record(after.TotalSeconds);
    }

    internal void FramesUnderWay(int change) => Add(s_frames, change);

    internal void JobQueued(int change) => Add(s_queued, change);

    internal TransferTrace? Trace(TransferKey key) => _isTold ? new TransferTrace(key) : null;

    private void Add(Counter<long> counter, long change, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_isTold)
            counter.Add(change, tags);
    }

    private void Add(UpDownCounter<int> counter, int change, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_isTold)
            counter.Add(change, tags);
    }

    internal static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static KeyValuePair<string, object?> Tag(TransferDirection direction) => new("direction", Word(direction));
}
