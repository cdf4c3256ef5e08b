using System.Net;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Keys;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>
/// A device of the account gone bad: genuine key and certificate, taken from a registered home whose agent does not
/// run, and a program that says what no honest one says.
/// </summary>
/// <param name="Party">what it shows in a handshake</param>
internal sealed record HostilePeer(HandshakeParty Party)
{
    public DeviceContext Context { get; } = new(TimeProvider.System, new SystemRandom(), new Workers(1), new TcpTransport(), new DeviceEventBus());

    /// <param name="tamper">what to make of the certificate before it is shown</param>
    public static HostilePeer Take(TestDevice home, Func<Signed, Signed>? tamper = null)
    {
        using var database = DeviceDatabase.Open(Path.Combine(home.Home, "device.db"));
        var registration = database.Registration.Load()!;
        var key = KeyFile.Open(Path.Combine(home.Home, "device.key"), () => null, new SystemRandom()).Load()!;
        var certificate = tamper is null ? registration.Certificate : DeviceCertificate.Read(tamper(registration.Certificate.Blob));
        return new HostilePeer(new HandshakeParty(key, certificate, registration.Trust, Revoked: null, new HashSet<DeviceId>(), TimeFloor.None)
        {
            DiscoveryKey = registration.DiscoveryKeys.Issue,
        });
    }

    /// <summary>The same program with another key in its hands.</summary>
    public HostilePeer WithKey(ISigner key) => new(Party with { Key = key });

    /// <summary>Dials the victim's own port.</summary>
    public async Task<HandshakeOutcome> DialAsync(TestDevice victim)
    {
        using var deadline = new CancellationTokenSource(Patience.Short);
        return await new HandshakeRunner(Context, Party).DialAsync(
            AddressOf(victim), DeviceId.Parse(victim.Id), Authentication.Types.Purpose.Link, mayConclude: null, deadline.Token);
    }

    /// <summary>A sender with an open link to the victim.</summary>
    public async Task<HostileSender> SendToAsync(TestDevice victim)
    {
        var open = Assert.IsType<HandshakeOutcome.Open>(await DialAsync(victim));
        return new HostileSender(this, open, AddressOf(victim));
    }

    private static IPEndPoint AddressOf(TestDevice victim) => new(IPAddress.Loopback, victim.Port);
}
