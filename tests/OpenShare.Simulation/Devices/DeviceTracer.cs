using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Transfers;
using OpenShare.Device.Views;

namespace OpenShare.Simulation.Devices;

/// <summary>Writes a device's events into the trace: what is the same in every run of a seed, and nothing else.</summary>
internal sealed class DeviceTracer : ReceiveActor
{
    public DeviceTracer(Trace trace, string device, Action<IDeviceEvent> observe)
    {
        Receive<IDeviceEvent>(deviceEvent =>
        {
            trace.Add(device, $"{deviceEvent.GetType().Name} {Detail(deviceEvent)}".TrimEnd());
            observe(deviceEvent);
        });
        Receive<SendStart>(answer => trace.Add(device, answer switch
        {
            SendStart.Started started => $"sends {started.Id}",
            SendStart.Refused refused => $"may not send: {refused.Detail}",
            _ => throw new InvalidOperationException($"No such answer: {answer.GetType()}"),
        }));
        Receive<RegistrationStart>(answer => trace.Add(device, answer is RegistrationStart.Begun ? "registers" : "is registered already"));
    }

    internal static Props Props(Trace trace, string device, Action<IDeviceEvent> observe) =>
        Akka.Actor.Props.Create(() => new DeviceTracer(trace, device, observe));

    private static string Detail(IDeviceEvent deviceEvent) => deviceEvent switch
    {
        RegistrationEvents.Certified m => $"{m.Identity.DeviceId}, {m.Identity.DiscoveryKeys}",
        RegistrationEvents.RegistrationChanged m => Detail(m.State),
        RevocationEvents.RevocationChanged m => $"{m.List?.Version}",
        DiscoveryEvents.PeerSighted m => $"{m.Sighting.DeviceId} at {m.Sighting.Place.Host}:{m.Sighting.Place.Port}",
        DiscoveryEvents.PeerLost m => m.DeviceId.ToString(),
        PeerEvents.LinkOpened m => $"{m.Device} link {m.Link.Value}",
        PeerEvents.LinkClosed m => $"{m.Device} link {m.Link.Value}: {m.Reason}",
        PeerEvents.LinkFailed m => $"{m.Device}: {m.Problem.Detail}",
        PeerEvents.PeerRefused m => $"{m.Device}: {m.Problem.Detail}",
        PeerEvents.DiscoveryKeyOffered m => $"{m.Device}: {m.Key}",
        PeerEvents.ControlReceived m => $"{m.Device} {m.Message.KindCase}",
        PeerEvents.StreamOpened m => $"{m.Device} {m.Transfer} stream {m.StreamId}",
        PairingEvents.Paired m => $"{m.Peer.DeviceId}",
        PairingEvents.PairingRefused m => $"{m.Device}: {m.Refusal.Detail}",
        PairingEvents.Withdrawn m => $"{m.Device}",
        TransferEvents.TransferChanged { Transfer: var t } => $"{t.Id} {t.State} {t.BytesDone}/{t.BytesTotal}",
        _ => "",
    };

    private static string Detail(RegistrationState state) => state switch
    {
        RegistrationState.Underway s => $"under way, attempt {s.Attempts} {s.LastProblem}".TrimEnd(),
        RegistrationState.Refused s => $"refused: {s.Detail}",
        _ => state.GetType().Name,
    };
}
