using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>To whom a device hands the account's discovery key on: to one of its account that has not got it and may have it.</summary>
public sealed class DiscoveryKeyHandoverTests
{
    private readonly Organisation _organisation = new();

    [Fact]
    public void Each_side_of_a_handshake_says_which_key_it_has()
    {
        var pair = new HandshakePair(Party(10, 2), Party(11, 1)).Run();

        Assert.Equal((1u, 2u), (pair.InitiatorResult!.PeerDiscoveryKeyVersion, pair.ResponderResult!.PeerDiscoveryKeyVersion));
        Assert.Equal(0u, new HandshakePair(Party(10, 2), _organisation.Device(11)).Run().InitiatorResult!.PeerDiscoveryKeyVersion);
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(1u, true)]
    [InlineData(2u, false)]
    [InlineData(3u, false)]
    public void It_is_handed_to_whoever_has_an_older_one(uint held, bool isHanded) =>
        Assert.Equal(isHanded, Handed(Party(10, 2), Peer(), held));

    [Fact]
    public void It_is_not_handed_to_a_device_that_is_revoked() =>
        Assert.False(Handed(Party(10, 2, list: _organisation.Revoke(5, Peer())), Peer()));

    [Fact]
    public void It_is_not_handed_on_before_the_list_is_in_force_that_it_came_with()
    {
        Assert.False(Handed(Party(10, 2, cameWith: 5), Peer()));
        Assert.False(Handed(Party(10, 2, cameWith: 5, list: _organisation.Revoke(4)), Peer()));
        Assert.True(Handed(Party(10, 2, cameWith: 5, list: _organisation.Revoke(5)), Peer()));
        Assert.True(Handed(Party(10, 2, cameWith: 5, list: _organisation.Revoke(6)), Peer()));
    }

    [Fact]
    public void It_is_not_handed_to_another_account_nor_to_whoever_has_expired() =>
        Assert.All(
            new[] { _organisation.Device(11, "other").Certificate, _organisation.Device(11, lifetime: TimeSpan.FromHours(1)).Certificate },
            peer => Assert.False(Handed(Party(10, 2), peer)));

    [Fact]
    public void One_whose_signer_was_withdrawn_is_handed_to_nobody()
    {
        var chain = TrustChain.Of(_organisation.Trust).Follow([_organisation.Next(_organisation.Trust, issuing: Organisation.Key(0, 22)).Link]);
        var peer = _organisation.Device(11, issuing: Organisation.Key(0, 22), issued: chain.Newest.IssuedAt).Certificate;

        Assert.False((Party(10, 2) with { Trust = chain }).KeyFor(peer, chain, 1, Organisation.Now) is not null);
    }

    [Fact]
    public void A_device_without_a_signed_key_hands_none_on() => Assert.False(Handed(_organisation.Device(10), Peer()));

    private static bool Handed(HandshakeParty self, DeviceCertificate peer, uint held = 1) =>
        self.KeyFor(peer, self.Trust, held, Organisation.Now) is { } key && key == self.DiscoveryKey;

    private DeviceCertificate Peer() => _organisation.Device(11).Certificate;

    private HandshakeParty Party(byte number, uint version, ulong cameWith = 0, RevocationList? list = null) =>
        _organisation.Device(number) with { DiscoveryKey = _organisation.DiscoveryKey(version, revocationList: cameWith), Revoked = list };
}
