using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Protocol.Identity;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>
/// Who was told that it is paired is provisional, and so after every crash; nobody goes back to an older certificate. Once
/// all has healed a fresh invitation pairs whoever is not.
/// </summary>
internal sealed class PairedStaysPaired : Invariant
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(10);

    private readonly Dictionary<SimulatedDevice, string> _current = [];
    private readonly HashSet<string> _past = [];
    private readonly Dictionary<SimulatedDevice, TimeSpan> _starting = [];

    internal override string Name => "paired-stays-paired";

    internal override void OnStarted(SimulatedDevice device)
    {
        if (_current.ContainsKey(device))
            _starting[device] = World.Elapsed;
    }

    internal override void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        if (happened is not RegistrationEvents.Certified { Identity.Certificate: { IsProvisional: true } certificate })
            return;
        _starting.Remove(device);
        var held = certificate.PayloadSha256;
        if (_current.TryGetValue(device, out var before) && before != held)
            _past.Add(before);
        _current[device] = held;
        if (_past.Contains(held))
            Alarm($"{device.Name} went back to a certificate that it had before");
    }

    internal override void OnPaired(SimulatedDevice device, DeviceCertificate certificate)
    {
        if (_current.GetValueOrDefault(device) != certificate.PayloadSha256)
            Alarm($"{device.Name} was told that it is paired, and is not provisional");
    }

    internal override void OnSecond()
    {
        foreach (var (device, since) in _starting.Where(s => s.Key.IsRunning && World.Elapsed - s.Value > Start).ToList())
        {
            _starting.Remove(device);
            Alarm($"{device.Name} was paired, and has forgotten it");
        }
    }

    internal override void AtEnd()
    {
        foreach (var device in World.Newcomers.Where(d => !World.IsInGoodStanding(d)))
            Alarm($"{device.Name} is not paired, though it was invited anew after the last fault");
    }
}
