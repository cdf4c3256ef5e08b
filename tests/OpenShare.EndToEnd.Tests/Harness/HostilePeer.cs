using System.Net;
using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Keys;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>
/// A device of the account gone bad: genuine key and certificate, taken from a registered home whose agent does not
/// run, and a program that says what no honest one says.
/// </summary>
internal sealed class HostilePeer : IDisposable
{
    private readonly HandshakeParty _self;
    private readonly DeviceContext _context = new(TimeProvider.System, new SystemRandom(), new Workers(1), new TcpTransport(), new DeviceEventBus());
    private SecureStream? _control;
    private DeviceId _victim;

    private HostilePeer(HandshakeParty self) => _self = self;

    /// <param name="tamper">what to make of the certificate before it is shown</param>
    public static HostilePeer Take(TestDevice home, Func<Signed, Signed>? tamper = null)
    {
        using var database = DeviceDatabase.Open(Path.Combine(home.Home, "device.db"));
        var registration = database.Registration.Load()!;
        var key = KeyFile.Open(Path.Combine(home.Home, "device.key"), () => null, new SystemRandom()).Load()!;
        var certificate = tamper is null ? registration.Certificate : DeviceCertificate.Read(tamper(registration.Certificate.Blob));
        return new HostilePeer(new HandshakeParty(key, certificate, registration.TrustRoot, Revoked: null, new HashSet<DeviceId>()));
    }

    /// <summary>Dials the victim's own port.</summary>
    public async Task<HandshakeOutcome> ConnectAsync(TestDevice victim)
    {
        using var deadline = new CancellationTokenSource(Patience.Short);
        _victim = DeviceId.Parse(victim.Id);
        var outcome = await new HandshakeRunner(_context, _self).DialAsync(
            [new IPEndPoint(IPAddress.Loopback, victim.Port)], _victim, Authentication.Types.Purpose.Link, deadline.Token);
        _control = (outcome as HandshakeOutcome.Open)?.Control;
        return outcome;
    }

    /// <summary>Offers a manifest of these entries, signed, and waits for what the victim makes of it.</summary>
    /// <returns>its answer; null when it closed the connection instead</returns>
    public async Task<TransferAnswer?> OfferAsync(params ManifestEntry[] entries)
    {
        var page = new ManifestPagePayload
        {
            Version = 1,
            ManifestId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16)),
            Sender = ByteString.CopyFrom(_self.Certificate.DeviceId.ToBytes()),
            Receiver = ByteString.CopyFrom(_victim.ToBytes()),
            Totals = new ManifestTotals { Entries = (uint)entries.Length },
        };
        for (var i = 0; i < entries.Length; i++)
            page.Entries.Add(new ManifestEntry(entries[i]) { EntryNo = (uint)i });
        var transfer = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16));
        var signed = SignedBlobs.Sign(_self.Key, SignatureContext.ManifestPage, page);
        using var deadline = new CancellationTokenSource(Patience.Short);
        try
        {
            await _control!.SendAsync(new Control { ManifestOffer = new ManifestOffer { TransferId = transfer, Page = signed } }, deadline.Token);
            while (await _control.ReceiveAsync(deadline.Token) is Inbound.Message message)
            {
                if (message.Control.TransferAnswer is { } answer && answer.TransferId == transfer)
                    return answer;
            }
        }
        catch (TransportException)
        {
            // Cut off.
        }
        return null;
    }

    public static ManifestEntry File(string path) => new() { Path = path, Kind = EntryKind.EntryFile, Mode = 0x1A4 };

    public static ManifestEntry Folder(string path) => new() { Path = path, Kind = EntryKind.EntryDirectory, Mode = 0x1ED };

    public static ManifestEntry Link(string path, string target) => new() { Path = path, Kind = EntryKind.EntrySymlink, LinkTarget = target };

    public void Dispose() => _control?.Dispose();
}
