using System.Diagnostics.Metrics;

namespace OpenShare.Registration.Telemetry;

/// <summary>What is counted of this process, for whoever listens (System.Diagnostics.Metrics).</summary>
internal static class ServiceMetrics
{
    /// <summary>The meter's name.</summary>
    public const string Name = "OpenShare.Registration";

    // From a key in memory to a slow token, and from a read in memory to a writer that waits for another instance.
    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private static readonly Meter s_meter = new(Name);

    private static readonly Counter<long> s_acts = s_meter.CreateCounter<long>(
        "openshare.registration.acts", "{act}", "What the audit log has lines of, by their kind: certificates issued and renewed, revocations and the rest.");

    private static readonly Counter<long> s_refusals = s_meter.CreateCounter<long>(
        "openshare.registration.refusals", "{refusal}", "Requests that were refused or failed, by their problem.");

    private static readonly Histogram<double> s_signing = s_meter.CreateHistogram(
        "openshare.registration.signing.duration", "s", "How long a signature took, by the role of its key.", tags: null, s_seconds);

    private static readonly Histogram<double> s_database = s_meter.CreateHistogram(
        "openshare.registration.database.duration", "s", "How long a read or a write of the database took, the turn that a write waits for among instances included.", tags: null, s_seconds);

    private static readonly UpDownCounter<int> s_queued = s_meter.CreateUpDownCounter<int>(
        "openshare.registration.database.writes_queued", "{write}", "Writes that wait for their turn inside this instance.");

    private static readonly UpDownCounter<int> s_waiting = s_meter.CreateUpDownCounter<int>(
        "openshare.registration.list.waiting", "{request}", "Requests that wait for a newer revocation list.");

    private static readonly Gauge<long> s_version = s_meter.CreateGauge<long>(
        "openshare.registration.list.version", null, "The version of the revocation list that is served.");

    public static void Done(string act) => s_acts.Add(1, new KeyValuePair<string, object?>("kind", act));

    public static void Refused(string problem) => s_refusals.Add(1, new KeyValuePair<string, object?>("problem", problem));

    public static void Signed(string role, TimeSpan took) => s_signing.Record(took.TotalSeconds, new KeyValuePair<string, object?>("role", role));

    public static void DatabaseUsed(string work, TimeSpan took) => s_database.Record(took.TotalSeconds, new KeyValuePair<string, object?>("work", work));

    public static void WritesQueued(int change) => s_queued.Add(change);

    public static void Waiting(int change) => s_waiting.Add(change);

    public static void ListServed(ulong version) => s_version.Record((long)version);
}
