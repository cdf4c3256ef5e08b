using Akka.TestKit.Xunit2;
using OpenShare.Device.Discovery;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Pairing;

/// <summary>Whole devices that pair each other, with nobody else to ask.</summary>
public sealed class PairingTests : TestKit
{
    private readonly MemoryNetwork _network = new();
    private readonly TestOrganisation _organisation = new(1, DateTimeOffset.UtcNow);
    private readonly PairingDevice _sponsor, _new;

    public PairingTests()
    {
        _sponsor = Certified("alice", "10.0.0.1");
        _new = Start("tablet", "10.0.0.9", null);
    }

    [Fact]
    public async Task A_new_device_is_paired_and_each_side_knows_what_the_other_is()
    {
        await Pair();

        Assert.Equal(PeerTrust.Provisional, await _sponsor.TrustInAsync(_new));
        Assert.Equal(PeerTrust.Certified, await _new.TrustInAsync(_sponsor));
        // Each knows where the other is, with no announcement.
        _sponsor.Connect(_new);
        Assert.True((await _sponsor.Hears<PeerEvents.LinkOpened>()).Certificate.IsProvisional);
        await _new.Hears<PeerEvents.LinkOpened>(m => m.Device == _sponsor.Id);
    }

    [Fact]
    public async Task What_it_was_given_is_there_after_a_restart_and_opens_links_to_other_devices_of_the_account()
    {
        using var other = Certified("bob", "10.0.0.2");
        await Pair();
        await _new.RestartAsync();

        await Meet(_new, other);
        Assert.True((await other.Hears<PeerEvents.LinkOpened>()).Certificate.IsProvisional);
        Assert.Equal(PeerTrust.Provisional, await other.TrustInAsync(_new));
    }

    [Fact]
    public async Task One_that_is_for_its_sponsor_alone_is_refused_by_others()
    {
        using var other = Certified("bob", "10.0.0.2");
        await Pair(ProvisionalScope.Sponsor);

        await Meet(_new, other);
        Assert.Contains("paired to speak with alice alone", (await other.Hears<PeerEvents.PeerRefused>()).Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invitation_is_good_once_also_after_a_restart_of_the_sponsor()
    {
        var token = await Pair();
        IsRefused(PairingRefusalCode.Spent, await _new.JoinAsync(token));
        await _sponsor.Hears<PairingEvents.PairingRefused>(m => m.Refusal.Code == PairingRefusalCode.Spent);

        await _sponsor.RestartAsync();
        Assert.Equal(PairingRefusalCode.Spent, (await _new.AskByHandAsync(_sponsor, token))!.Refused.Code);
    }

    [Fact]
    public async Task Of_many_that_ask_at_once_one_is_paired()
    {
        var token = await _sponsor.InviteAsync(_new);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _new.AskByHandAsync(_sponsor, token)));

        Assert.Single(answers, a => a?.KindCase == PairingAnswer.KindOneofCase.Grant);
        Assert.Equal(5, answers.Count(a => a?.Refused?.Code == PairingRefusalCode.Spent));
    }

    [Fact]
    public async Task A_sponsor_that_dies_after_it_spent_the_nonce_gives_nothing_for_it_later()
    {
        var token = await _sponsor.InviteAsync(_new);
        // As far as the disk: the answer never left.
        _sponsor.Database.Pairing.Spend(token.Nonce, Some(token), DateTimeOffset.UtcNow);
        await _sponsor.RestartAsync();

        IsRefused(PairingRefusalCode.Spent, await _new.JoinAsync(token));
        Assert.Null(await _new.TrustInAsync(_sponsor));
    }

    [Fact]
    public async Task A_device_that_was_not_invited_is_refused_on_both_sides()
    {
        using var thief = Start("thief", "10.0.0.66", null);
        var token = await _sponsor.InviteAsync(_new);

        // It holds the token, as from a photograph, and not the key.
        IsRefused(PairingRefusalCode.ForAnotherKey, await thief.JoinAsync(token), byPeer: false);
        var forged = PairingToken.Create(thief.Key, token.Sponsor, thief.Code, token.Scope, token.Nonce, token.Addresses, DateTimeOffset.UtcNow, PairingToken.DefaultTtl);
        IsRefused(PairingRefusalCode.Altered, await thief.JoinAsync(forged), byPeer: false);
        var handshake = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => thief.AskByHandAsync(_sponsor, token));
        Assert.NotNull(handshake);
        Assert.Contains("was not invited", (await _sponsor.Hears<PeerEvents.PeerRefused>()).Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_given_on_the_word_of_the_token_alone()
    {
        var token = await _sponsor.InviteAsync(_new);
        Assert.IsType<JoinOutcome.SponsorUnknown>(await _new.JoinAsync(token, fingerprint: null));
        Assert.IsType<JoinOutcome.OtherFingerprint>(await _new.JoinAsync(token, fingerprint: new string('0', 32)));
        Assert.IsType<JoinOutcome.Paired>(await _new.JoinAsync(token));
    }

    [Fact]
    public async Task A_provisional_device_pairs_no_other()
    {
        await Pair();
        using var third = Start("phone", "10.0.0.10", null);
        Assert.Equal(PairingRefusalCode.SponsorProvisional, (await _new.InviteInVainAsync(third)).Code);
    }

    [Fact]
    public async Task What_is_taken_back_cuts_the_link_and_opens_none_until_it_is_given_again()
    {
        await Pair();
        _sponsor.Connect(_new);
        await _sponsor.Hears<PeerEvents.LinkOpened>();

        Assert.IsType<WithdrawOutcome.Withdrawn>(await _sponsor.WithdrawAsync(_new));
        await _sponsor.Hears<PeerEvents.LinkClosed>();
        await _sponsor.RestartAsync();
        await Meet(_new, _sponsor);
        Assert.Contains("has withdrawn that", (await _sponsor.Hears<PeerEvents.PeerRefused>()).Problem.Detail, StringComparison.Ordinal);

        await Pair();
        await Meet(_new, _sponsor);
        await _sponsor.Hears<PeerEvents.LinkOpened>();
    }

    [Fact]
    public async Task What_is_taken_back_is_refused_by_every_device_that_hears_of_it_also_by_way_of_another()
    {
        using var other = Certified("bob", "10.0.0.2");
        using var third = Certified("carol", "10.0.0.3");
        await Pair();
        await Meet(_new, third);
        await third.Hears<PeerEvents.LinkOpened>();
        await Meet(third, other);
        await third.Hears<PeerEvents.LinkOpened>(m => m.Device == other.Id);

        await _sponsor.WithdrawAsync(_new);
        // Carol hears it of bob, who hears it of alice.
        await Meet(other, _sponsor);
        await third.Hears<PeerEvents.LinkClosed>(m => m.Device == _new.Id);
        Assert.Contains("has withdrawn that", (await third.Hears<PeerEvents.PeerRefused>()).Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_taken_back_from_a_device_that_was_not_paired_here() =>
        Assert.IsType<WithdrawOutcome.NotSponsored>(await _sponsor.WithdrawAsync(_new));

    [Fact]
    public async Task The_sponsors_revocation_ends_it_at_every_device_that_hears_of_it()
    {
        using var other = Certified("bob", "10.0.0.2");
        await Pair();
        await Meet(_new, other);
        await other.Hears<PeerEvents.LinkOpened>();

        other.Learn(_organisation.Revoke(_alice));
        await other.Hears<PeerEvents.LinkClosed>();
        Assert.Contains("alice, which was revoked", (await other.Hears<PeerEvents.PeerRefused>()).Problem.Detail, StringComparison.Ordinal);
    }

    private DeviceIdentity _alice = null!;

    private PairingDevice Certified(string name, string address)
    {
        var identity = _organisation.Enroll(name);
        _alice ??= identity;
        return Start(name, address, identity);
    }

    private PairingDevice Start(string name, string address, DeviceIdentity? identity) => new(this, _network, _organisation, name, address, identity);

    private async Task<PairingToken> Pair(ProvisionalScope scope = ProvisionalScope.Account)
    {
        var token = await _sponsor.InviteAsync(_new, scope);
        Assert.True(Assert.IsType<JoinOutcome.Paired>(await _new.JoinAsync(token)).Certificate.IsProvisional);
        await _sponsor.Hears<PairingEvents.Paired>();
        await _new.Hears<PairingEvents.Paired>();
        return token;
    }

    // Found, as by an announcement.
    private static Task Meet(PairingDevice a, PairingDevice b)
    {
        a.Context.Events.Publish(new DiscoveryEvents.PeerSighted(new PeerSighting(
            b.Id, b.Name, b.Key.PublicKey.ShortFingerprint, new PeerPlace("there.local", b.Address.Port, [b.Address.Address]), FoundBy.Mdns, TimeSpan.Zero)));
        a.Connect(b);
        return Task.CompletedTask;
    }

    private DeviceCertificate Some(PairingToken token) => DeviceCertificate.Sponsored(
        _sponsor.Key, token.Sponsor, 1, _new.Key.PublicKey, _new.Name, token.Scope, DateTimeOffset.UtcNow, SponsorMachine.Lifetime);

    private static void IsRefused(PairingRefusalCode code, JoinOutcome outcome, bool byPeer = true)
    {
        var refused = Assert.IsType<JoinOutcome.Refused>(outcome);
        Assert.Equal((code, byPeer), (refused.Refusal.Code, refused.ByPeer));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _sponsor.Dispose();
        _new.Dispose();
    }
}
