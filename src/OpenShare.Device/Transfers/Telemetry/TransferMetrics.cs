using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;

namespace OpenShare.Device.Transfers.Telemetry;

/// <summary>What is counted of all transfers of this process, for whoever listens (System.Diagnostics.Metrics).</summary>
public sealed class TransferMetrics
{
    /// <summary>The meter's name, and the source's of the traces.</summary>
    public const string Name = "OpenShare.Transfers";

    private const string Unheard = "OpenShare.Rehearsal";

    /// <summary>Of devices that somebody uses.</summary>
    public static readonly TransferMetrics Told = new(new Meter(Name), new ActivitySource(Name));

    /// <summary>Of transfers that nobody asked for: to a meter and a source that nobody listens to.</summary>
    internal static readonly TransferMetrics Untold = new(new Meter(Unheard), new ActivitySource(Unheard));

    private readonly ActivitySource _source;
    private readonly Counter<long> _done;
    private readonly Counter<long> _again;
    private readonly Counter<long> _sealed;
    private readonly Counter<long> _ended;
    private readonly UpDownCounter<int> _running;
    private readonly Counter<long> _interrupted;
    private readonly Histogram<double> _latency;
    private readonly UpDownCounter<int> _frames;
    private readonly UpDownCounter<int> _queued;

    private TransferMetrics(Meter meter, ActivitySource source)
    {
        _source = source;
        _done = meter.CreateCounter<long>(
            "openshare.transfer.bytes", "By", "Bytes of files that the receiver has verified and written.");
        _again = meter.CreateCounter<long>(
            "openshare.transfer.bytes_resent", "By", "Bytes of files that were sent again: their link or stream was lost under them, or they came damaged.");
        _sealed = meter.CreateCounter<long>(
            "openshare.transfer.bytes_sealed", "By", "Bytes of files that were encrypted to be sent, each time that they were.");
        _ended = meter.CreateCounter<long>(
            "openshare.transfer.ended", "{transfer}", "Transfers that have ended, by how.");
        _running = meter.CreateUpDownCounter<int>(
            "openshare.transfer.running", "{transfer}", "Transfers that have not ended, and run or wait for their link.");
        _interrupted = meter.CreateCounter<long>(
            "openshare.transfer.interruptions", "{interruption}", "Links that were lost under a transfer: each is followed by a retry.");
        _latency = meter.CreateHistogram<double>(
            "openshare.transfer.frame.duration", "s", "From the order to send some chunks to the word that they are verified and written.");
        _frames = meter.CreateUpDownCounter<int>(
            "openshare.transfer.frames_under_way", "{frame}", "Frames that were sent and not answered; those of a lost stream count until they are sent again and answered, or the link is gone.");
        _queued = meter.CreateUpDownCounter<int>(
            "openshare.workers.queued", "{job}", "Disk and hashing jobs that wait for a thread.");
    }

    internal void Done(TransferDirection direction, long bytes) => _done.Add(bytes, Tag(direction));

    internal void Resent(long bytes) => _again.Add(bytes);

    internal void Sealed(long bytes) => _sealed.Add(bytes);

    internal void Started(TransferDirection direction) => _running.Add(1, Tag(direction));

    internal void Stopped(TransferDirection direction) => _running.Add(-1, Tag(direction));

    internal void Ended(TransferDirection direction, TransferState state) => _ended.Add(1, Tag(direction), new("state", Word(state)));

    internal void Interrupted(TransferDirection direction) => _interrupted.Add(1, Tag(direction));

    internal void FrameAnswered(TimeSpan after) => _latency.Record(after.TotalSeconds);

    internal void FramesUnderWay(int change) => _frames.Add(change);

    internal void JobQueued(int change) => _queued.Add(change);

    internal TransferTrace Trace(TransferKey key) => new(_source, key);

    internal static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static KeyValuePair<string, object?> Tag(TransferDirection direction) => new("direction", Word(direction));
}
