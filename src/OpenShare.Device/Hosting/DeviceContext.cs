using OpenShare.Device.Transport;
using OpenShare.Protocol.Identity;

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
    public DateTimeOffset Now => Time.GetUtcNow();
}
