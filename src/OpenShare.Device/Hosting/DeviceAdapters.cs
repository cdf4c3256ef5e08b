using OpenShare.Device.Discovery;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Keys;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Device.Hosting;

/// <summary>Everything outside its actors that a device works with. A simulation starts the same actors with others of these.</summary>
/// <param name="Listener">null: the device is not on the network</param>
public sealed record DeviceAdapters(
    DeviceContext Context,
    IKeyStore Keys,
    DeviceDatabase Database,
    IDisk Disk,
    IRegistrationService Service,
    ITransportListener? Listener,
    Func<IDiscoveryPort> Multicast,
    RevocationPace RevocationPace)
{
    /// <summary>Where the texts are that are sent; null: none are.</summary>
    public Outbox? Outbox { get; init; }
}
