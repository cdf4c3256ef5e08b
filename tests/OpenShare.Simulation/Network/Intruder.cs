using System.Net;
using System.Reflection;
using Google.Protobuf;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Scenarios;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Network;

/// <summary>Somebody with a program of his own, which judges nothing and takes what it is given. He leaves after a while.</summary>
internal sealed class Intruder
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SimulatedProcess _process;
    private readonly SeededRandom _random;
    private readonly DeviceContext _context;
    private Task? _course;

    internal Intruder(World world, SimulatedHost host, int seed)
    {
        (_process, _random) = (new SimulatedProcess(world.Queue, new MachineClock(world.Queue)), new SeededRandom(seed));
        _context = new DeviceContext(
            new SimulatedClock(_process), _random, new SimulatedWorkers(_process, 1, () => 1, () => TimeSpan.Zero), host.Transport, new DeviceEventBus());
        world.After(Patience, () =>
        {
            // He is refused and cut off, and never mistaken.
            if (_course is { IsFaulted: true })
                _course.GetAwaiter().GetResult();
            _process.Die();
            host.PowerOff();
        });
    }

    /// <param name="given">told what he got; nothing where he is refused</param>
    internal void Ask(SigningKey key, Invitation invitation, Action<DeviceCertificate> given)
    {
        _process.Act(() => _course = AskAsync());

        async Task AskAsync()
        {
            var (token, number) = (invitation.Token, _random.Bytes(ShortCode.NumberSize));
            if (await DialAsync(Introduction.Of(key, "intruder", _context.Instance, _context.Now), token.Addresses[0], token.Sponsor.DeviceId, Authentication.Types.Purpose.Pairing)
                .ConfigureAwait(false) is not { } open)
                return;
            using var stream = open.Control;
            try
            {
                var commitment = ByteString.CopyFrom(ShortCode.Commit(open.Result.Session.Id, number));
                await SayAsync(stream, new Control { PairingGreeting = new PairingGreeting { Token = token.Blob, Commitment = commitment } }).ConfigureAwait(false);
                if (await HearAsync(stream).ConfigureAwait(false) is not { PairingNumber: not null })
                    return;
                await SayAsync(stream, new Control { PairingReveal = new PairingReveal { Number = ByteString.CopyFrom(number) } }).ConfigureAwait(false);
                await SayAsync(stream, new Control { PairingRequest = new PairingRequest { Token = token.Blob } }).ConfigureAwait(false);
                if (await HearAsync(stream).ConfigureAwait(false) is { PairingAnswer.Grant: { } grant })
                    given(DeviceCertificate.Read(grant.Certificate));
            }
            catch (TransportException)
            {
                // He got nothing.
            }
        }
    }

    /// <summary>Shows a certificate that a provisional device signed for him, which no program of ours would read, let alone make.</summary>
    internal void DialAtSecondHand(DeviceIdentity provisional, SimulatedDevice victim)
    {
        var key = SigningKey.Create(_random);
        var now = _context.Now;
        var shown = SignedBlobs.Sign(provisional.Key, SignatureContext.Provisional, new CertificatePayload
        {
            Version = DeviceCertificate.CurrentVersion,
            Serial = 1,
            DeviceId = ByteString.CopyFrom(DeviceId.FromPublicKey(key.PublicKey.Bytes).ToBytes()),
            AccountId = provisional.Certificate.Account.Value,
            PubkeyEd25519 = ByteString.CopyFrom(key.PublicKey.Bytes),
            DeviceName = "intruder",
            IssuedAt = (now - ClockSkew.Allowed).ToUnixTimeSeconds(),
            ExpiresAt = (now + TimeSpan.FromDays(1)).ToUnixTimeSeconds(),
            Sponsor = provisional.Certificate.Blob,
            Scope = ProvisionalScope.Account,
        });
        var party = Introduction.Of(key, "intruder", _context.Instance, now) with { Trust = provisional.Chain };
        party = party with { Certificate = Showing(DeviceCertificate.Issue(
            key, 0, 0, key.PublicKey, provisional.Certificate.Account, "intruder", now, TimeSpan.FromDays(1)), shown) };
        _process.Act(() => _course = DialAsync(party, new IPEndPoint(victim.Host.Address, DeviceProcess.Port), victim.Id, Authentication.Types.Purpose.Link));
    }

    private async Task<HandshakeOutcome.Open?> DialAsync(HandshakeParty party, IPEndPoint at, DeviceId expected, Authentication.Types.Purpose purpose) =>
        await new HandshakeRunner(_context, party).DialAsync(at, expected, purpose, mayConclude: null, CancellationToken.None).ConfigureAwait(false) as HandshakeOutcome.Open;

    private static async Task SayAsync(SecureStream stream, Control message) => await stream.SendAsync(message, CancellationToken.None).ConfigureAwait(false);

    private static async Task<Control?> HearAsync(SecureStream stream) =>
        (await stream.ReceiveAsync(CancellationToken.None).ConfigureAwait(false) as Inbound.Message)?.Control;

    // To his own program it is one thing, to the others another.
    private static DeviceCertificate Showing(DeviceCertificate certificate, Signed blob)
    {
        typeof(DeviceCertificate).GetField($"<{nameof(DeviceCertificate.Blob)}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(certificate, blob);
        return certificate;
    }
}
