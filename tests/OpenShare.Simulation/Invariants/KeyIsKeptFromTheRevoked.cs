using System.Text;
using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Protocol.Discovery;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>
/// A device that is revoked never gets the discovery key that was made for that, and recognises nobody who has it. Every
/// other device has it in the end. No device ever goes back to an older one.
/// </summary>
internal sealed class KeyIsKeptFromTheRevoked : Invariant
{
    // From when a device is told of its new key until it is announced under it.
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);

    private static ReadOnlySpan<byte> Field => "acct_hash="u8;

    private readonly Dictionary<SimulatedDevice, (DiscoveryKeys Keys, TimeSpan At)> _keys = [];

    internal override string Name => "key-is-kept-from-the-revoked";

    internal override void OnStarted(SimulatedDevice device) => _keys.Remove(device);

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        if (happened is not RegistrationEvents.Certified { Identity.DiscoveryKeys: var keys })
            return;
        if (_keys.TryGetValue(device, out var held))
        {
            if (held.Keys.Version > keys.Version)
                Alarm($"{device.Name} went back from discovery key {held.Keys.Version} to {keys.Version}");
            if (held.Keys.Hash == keys.Hash)
                return;
        }
        _keys[device] = (keys, World.Elapsed);
        if (RevokedIn(device) is { } list && keys.Issue?.RevocationList >= list)
            Alarm($"{device.Name} has the discovery key that was made when it was revoked, or a later one");
    }

    internal override void OnMessage(SimulatedDevice device, ReadOnlySpan<byte> bytes)
    {
        var at = bytes.IndexOf(Field);
        if (World.RevokedIn.Count == 0 || at < 0 || bytes.Length < at + Field.Length + AccountHash.Length)
            return;
        var announced = AccountHash.Parse(Encoding.ASCII.GetString(bytes.Slice(at + Field.Length, AccountHash.Length)));
        if (_keys.GetValueOrDefault(device) is not { Keys.Issue: { } issue } held || World.Elapsed - held.At < Promised)
            return;
        foreach (var revoked in World.Revoked.Where(r => r != device && RevokedIn(r) <= issue.RevocationList))
        {
            if (revoked.Identity?.DiscoveryKeys is { } known && (announced == known.Hash || announced == known.PreviousHash))
                Alarm($"{device.Name} is announced so that {revoked.Name}, which it knows to be revoked, recognises it");
        }
    }

    internal override void AtEnd()
    {
        if (World.RevokedIn.Count == 0)
            return;
        var newest = World.RevokedIn.Values.Max();
        foreach (var device in World.Devices.Where(d => d.IsRunning && !World.Revoked.Contains(d) && !(_keys.GetValueOrDefault(d).Keys?.Issue?.RevocationList >= newest)))
            Alarm($"{device.Name} never got the discovery key that was made with revocation list {newest}");
    }

    private ulong? RevokedIn(SimulatedDevice device) =>
        device.Identity is { } identity && World.RevokedIn.TryGetValue(identity.DeviceId, out var list) ? list : null;
}
