using OpenShare.Device.Transfers.Telemetry;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Device.Hosting;

/// <summary>
/// What every actor of one device is given: time, randomness, workers, network and the device's own bus. A
/// simulation starts the same actors with other adapters here, and nothing else differs.
/// </summary>
public sealed record DeviceContext(
    TimeProvider Time,
    IRandomSource Random,
    IWorkers Workers,
    ITransport Transport,
    DeviceEventBus Events)
{
    private readonly DateTimeOffset _startedAt = Time.GetUtcNow();
    private readonly long _startStamp = Time.GetTimestamp();

    /// <summary>What the streams of transfers may go over.</summary>
    public CarrierRule Carriers { get; init; } = CarrierRule.Tcp;

    /// <summary>What this device does under a revocation list that is past its next update.</summary>
    public StaleListRule StaleList { get; init; } = StaleListRule.Warn;

    public CarrierTuning CarrierTuning { get; init; } = CarrierTuning.Default;

    public TransferTuning TransferTuning { get; init; } = TransferTuning.Default;

    /// <summary>What its transfers are counted in.</summary>
    public TransferMetrics Metrics { get; init; } = TransferMetrics.Told;

    /// <summary>This run of the device.</summary>
    public InstanceId Instance { get; } = InstanceId.New(Random);

    /// <summary>The time of day: for what was signed, and for what a person is shown.</summary>
    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>
    /// Goes on evenly when the clock is set, back or forward: for pauses, deadlines and signs of life. To be compared
    /// with itself only. It stands still while the host sleeps.
    /// </summary>
    public DateTimeOffset Steady => _startedAt + Time.GetElapsedTime(_startStamp);
}
