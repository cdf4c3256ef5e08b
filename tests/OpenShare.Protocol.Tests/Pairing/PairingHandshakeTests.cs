using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Pairing;

/// <summary>The handshake of a device that has no certificate yet.</summary>
public sealed class PairingHandshakeTests
{
    private readonly Organisation _organisation = new();
    private readonly HandshakeParty _new = Introduction.Of(SomePairing.NewKey, "new device", InstanceId.None, Organisation.Now);

    [Fact]
    public void An_invited_device_and_its_sponsor_prove_their_keys_to_each_other()
    {
        var sponsor = Inviting(SomePairing.NewKey.PublicKey);
        var pair = Pair(sponsor).Run();

        Assert.Equal(sponsor.Certificate.DeviceId, pair.InitiatorResult!.Peer.DeviceId);
        Assert.Equal(SomePairing.NewKey.PublicKey, pair.ResponderResult!.Peer.PublicKey);
        Assert.Equal(Authentication.Types.Purpose.Pairing, pair.ResponderResult.Purpose);
    }

    [Fact]
    public void The_organisations_keys_may_have_been_changed_before()
    {
        var rotated = TrustChain.Of(_organisation.Trust).Follow([_organisation.Trust.Succeed(_organisation.Trust.Keys, [_organisation.Root], Organisation.Now).Link]);
        Assert.NotNull(Pair(Inviting(SomePairing.NewKey.PublicKey) with { Trust = rotated }).Run().InitiatorResult);
    }

    [Fact]
    public void A_device_that_was_not_invited_is_refused_and_told_so()
    {
        var pair = Pair(Inviting(Organisation.Key(0, 41).PublicKey)).Run();
        Assert.Equal(RefusalCode.NotInvited, Assert.IsType<HandshakeFailure.Refused>(pair.ResponderFailure).Code);
        Assert.Equal(RefusalCode.NotInvited, Assert.IsType<HandshakeFailure.RefusedByPeer>(pair.InitiatorFailure).Code);
    }

    [Fact]
    public void Whoever_only_shows_the_invited_key_is_refused()
    {
        var impostor = _new with { Key = Organisation.Key(0, 41) };
        var pair = new HandshakePair(impostor, Inviting(SomePairing.NewKey.PublicKey), SponsorId, purpose: Authentication.Types.Purpose.Pairing).Run();
        Assert.Equal(RefusalCode.BadSignature, Assert.IsType<HandshakeFailure.Refused>(pair.ResponderFailure).Code);
    }

    [Fact]
    public void Another_device_at_the_sponsors_address_is_refused()
    {
        var other = _organisation.Device(12) with { Invited = new HashSet<PairingCode> { PairingCode.Of(SomePairing.NewKey.PublicKey) } };
        Assert.Equal(RefusalCode.UnexpectedDevice, Assert.IsType<HandshakeFailure.Refused>(Pair(other).Run().InitiatorFailure).Code);
    }

    [Theory]
    [InlineData(Authentication.Types.Purpose.Link)]
    [InlineData(Authentication.Types.Purpose.Probe)]
    public void An_invitation_opens_no_other_handshake(Authentication.Types.Purpose purpose)
    {
        var pair = new HandshakePair(_new, Inviting(SomePairing.NewKey.PublicKey), SponsorId, purpose: purpose).Run();
        Assert.Null(pair.ResponderResult);
        Assert.Null(pair.InitiatorResult);
    }

    private DeviceId SponsorId => _organisation.Device(10).Certificate.DeviceId;

    private HandshakeParty Inviting(PublicKey key) => _organisation.Device(10) with { Invited = new HashSet<PairingCode> { PairingCode.Of(key) } };

    private HandshakePair Pair(HandshakeParty sponsor) => new(_new, sponsor, SponsorId, purpose: Authentication.Types.Purpose.Pairing);
}
