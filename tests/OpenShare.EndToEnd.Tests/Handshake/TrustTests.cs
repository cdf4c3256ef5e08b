using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.EndToEnd.Tests.Handshake;

/// <summary>Who is let in: certificates that were tampered with, stolen, or run out.</summary>
[Collection(Processes.Name)]
public sealed class TrustTests(Prey prey) : IClassFixture<Prey>
{
    public enum Tampered
    {
        Name,
        Expiry,
        Signature,
        Issuer,
    }

    [Theory]
    [InlineData(Tampered.Name)]
    [InlineData(Tampered.Expiry)]
    [InlineData(Tampered.Signature)]
    [InlineData(Tampered.Issuer)]
    public async Task A_tampered_certificate_is_refused_whoever_dials(Tampered what)
    {
        var peer = HostilePeer.Take(prey.Bad, Of(what));

        Assert.Equal(RefusalCode.BadCertificate, Refusal(await peer.DialAsync(prey.Honest)));

        using var listening = HostileReceiver.Listen(peer);
        (await SendAsync(listening.Address)).EndedWith(5).Said("certificate");
    }

    [Fact]
    public async Task A_stolen_certificate_without_its_key_is_refused_whoever_dials()
    {
        var thief = HostilePeer.Take(prey.Bad).WithKey(SigningKey.Create(new SystemRandom()));

        Assert.Equal(RefusalCode.BadSignature, Refusal(await thief.DialAsync(prey.Honest)));

        using var listening = HostileReceiver.Listen(thief);
        (await SendAsync(listening.Address)).EndedWith(5);
    }

    [Fact]
    public async Task The_same_device_with_its_own_certificate_and_key_is_let_in()
    {
        var peer = HostilePeer.Take(prey.Bad);

        using (Assert.IsType<HandshakeOutcome.Open>(await peer.DialAsync(prey.Honest)).Control)
        {
            // One link at a time: this one goes before the next is made.
        }

        using var listening = HostileReceiver.Listen(peer);
        (await SendAsync(listening.Address)).EndedWith(0);
    }

    private static Func<Signed, Signed> Of(Tampered what) => what switch
    {
        Tampered.Name => Tampering.Rename,
        Tampered.Expiry => Tampering.Prolong,
        Tampered.Signature => Tampering.BreakSignature,
        _ => Tampering.IssueBySelf,
    };

    private static RefusalCode Refusal(HandshakeOutcome outcome) =>
        Assert.IsType<HandshakeFailure.RefusedByPeer>(Assert.IsType<HandshakeOutcome.Failed>(outcome).Failure).Code;

    private Task<CommandResult> SendAsync(string address) =>
        prey.Honest.RunAsync("send", Samples.MakeFile(Path.Combine(prey.Path, "letter"), 100), "--to", address);
}
