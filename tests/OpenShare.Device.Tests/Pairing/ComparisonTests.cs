using Akka.TestKit.Xunit2;
using OpenShare.Device.Hosting;
using OpenShare.Device.Pairing;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Views;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Pairing;

/// <summary>Whole devices whose persons compare a code, on one screen or on both.</summary>
public sealed class ComparisonTests : TestKit
{
    private readonly MemoryNetwork _network = new();
    private readonly TestOrganisation _organisation = new(1, DateTimeOffset.UtcNow);
    private readonly PairingDevice _sponsor, _new;

    public ComparisonTests()
    {
        _sponsor = new PairingDevice(this, _network, _organisation, "alice", "10.0.0.1", _organisation.Enroll("alice"));
        _new = new PairingDevice(this, _network, _organisation, "tablet", "10.0.0.9", null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_a_token_the_new_devices_person_compares_and_what_he_says_is_what_happens(bool isSame)
    {
        var token = await _sponsor.InviteAsync(_new);
        var joined = _new.JoinAttendedAsync(token);
        var (ofNew, ofSponsor) = (await _new.ComparisonAsync(c => !c.IsSponsor), await _sponsor.ComparisonAsync(c => c.IsSponsor));
        Assert.Equal(ofNew.Code, ofSponsor.Code);
        Assert.Equal((true, false), (ofNew.IsAsked, ofSponsor.IsAsked));
        Assert.Equal((_sponsor.Id, _new.Id), (ofNew.Peer.DeviceId, ofSponsor.Peer.DeviceId));

        Assert.True(await _new.CompareAsync(ofNew, isSame));
        if (isSame)
        {
            Assert.IsType<JoinOutcome.Paired>(await joined);
            Assert.IsType<ComparisonState.Paired>((await _sponsor.ComparisonAsync(c => c.State is not ComparisonState.Open)).State);
        }
        else
        {
            Assert.IsType<JoinOutcome.NotCompared>(await joined);
            await _sponsor.Hears<PairingEvents.PairingRefused>(m => m.Refusal.Code == PairingRefusalCode.NotCompared);
            Assert.Contains(_new.Code, _sponsor.Database.Pairing.Invited());
        }
        Assert.False(await _new.CompareAsync(ofNew, isSame: true));
    }

    [Fact]
    public async Task A_device_that_shows_itself_is_offered_to_be_paired_and_both_persons_compare()
    {
        var (ofNew, ofSponsor) = await OfferedAsync();
        Assert.Equal(ofNew.Code, ofSponsor.Code);
        Assert.Equal((true, true), (ofNew.IsAsked, ofSponsor.IsAsked));

        await _new.CompareAsync(ofNew, isSame: true);
        await _sponsor.CompareAsync(ofSponsor, isSame: true);

        Assert.Equal(_sponsor.Id, Assert.IsType<ComparisonState.Paired>((await _new.ComparisonAsync(c => c.State is not ComparisonState.Open)).State).Certificate.Sponsor!.DeviceId);
        Assert.Equal(PeerTrust.Provisional, await _sponsor.TrustInAsync(_new));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_persons_no_is_enough_whatever_the_other_said(bool atSponsor)
    {
        var (ofNew, ofSponsor) = await OfferedAsync();
        await _new.CompareAsync(ofNew, isSame: atSponsor);
        if (atSponsor)
            await _sponsor.CompareAsync(ofSponsor, isSame: false);

        Assert.IsType<ComparisonState.Refused>((await _new.ComparisonAsync(c => c.State is not ComparisonState.Open)).State);
        Assert.IsType<ComparisonState.Refused>((await _sponsor.ComparisonAsync(c => c.State is not ComparisonState.Open)).State);
        Assert.Equal(PeerTrust.Unpaired, await _sponsor.TrustInAsync(_new));
    }

    [Fact]
    public async Task A_device_that_does_not_show_itself_takes_no_offer_nor_does_one_that_has_a_certificate_show_itself()
    {
        _sponsor.Sees(_new);
        Assert.IsType<InviteOutcome.NotFound>(await _sponsor.InviteFoundAsync(_new));
        Assert.False(await _sponsor.ShowsItselfAsync());
    }

    [Fact]
    public async Task Whoever_is_at_the_device_comes_before_an_offer_that_waits_for_him()
    {
        var (ofNew, _) = await OfferedAsync();
        using var bob = new PairingDevice(this, _network, _organisation, "bob", "10.0.0.2", _organisation.Enroll("bob"));

        Assert.IsType<JoinOutcome.Paired>(await _new.JoinAsync(await bob.InviteAsync(_new)));

        Assert.False(await _new.CompareAsync(ofNew, isSame: true));
        Assert.IsType<ComparisonState.Refused>((await _sponsor.ComparisonAsync(c => c.State is not ComparisonState.Open)).State);
    }

    [Fact]
    public async Task Once_it_is_paired_it_shows_itself_no_longer()
    {
        Assert.True(await _new.ShowsItselfAsync());
        Assert.IsType<JoinOutcome.Paired>(await _new.JoinAsync(await _sponsor.InviteAsync(_new)));
        await _new.Hears<PairingEvents.ShowingChanged>(m => m.Party is null);
        Assert.False(await _new.ShowsItselfAsync());
    }

    [Fact]
    public async Task Each_side_knows_where_the_other_listens_whoever_dialled()
    {
        var (ofNew, ofSponsor) = await OfferedAsync();
        await _new.CompareAsync(ofNew, isSame: true);
        await _sponsor.CompareAsync(ofSponsor, isSame: true);
        Assert.Equal(_sponsor.Address, (await _new.Hears<PairingEvents.Paired>()).At);
        Assert.Equal(_new.Address, (await _sponsor.Hears<PairingEvents.Paired>()).At);
    }

    [Fact]
    public async Task Who_offers_while_another_offer_waits_for_the_person_is_told_so_and_waits_for_no_code()
    {
        await OfferedAsync();
        using var bob = new PairingDevice(this, _network, _organisation, "bob", "10.0.0.2", _organisation.Enroll("bob"));
        bob.Sees(_new);
        Assert.Contains("tablet", Assert.IsType<InviteOutcome.Refused>(await bob.InviteFoundAsync(_new)).Refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_yes_to_what_was_compared_before_a_restart_is_none_to_what_is_compared_after_it()
    {
        var (before, _) = await OfferedAsync();
        await _new.RestartAsync();
        await OfferedAsync();
        Assert.False(await _new.CompareAsync(before, isSame: true));
    }

    [Fact]
    public async Task An_invitation_that_is_refused_where_it_is_offered_is_told_of_on_both_sides()
    {
        Assert.True(await _new.ShowsItselfAsync());
        var alice = (await _sponsor.InviteAsync(_new)).Sponsor;
        var late = PairingToken.Create(
            _sponsor.Key, alice, _new.Code, ProvisionalScope.Account, PairingNonce.New(new SystemRandom()), [_sponsor.Address], DateTimeOffset.UtcNow.AddHours(-1),
            PairingToken.DefaultTtl, byAnnouncement: true);

        var said = (await _sponsor.OfferByHandAsync(_new, late))!.PairingRefused;

        Assert.Equal(PairingRefusalCode.Expired, said.Code);
        var refused = await _new.Hears<PairingEvents.OfferRefused>();
        Assert.Equal((alice.DeviceId, said.Detail), (refused.Device, refused.Refusal.Detail));
        // It took no place of the comparison that the person wanted.
        await OfferedAsync();
    }

    // Else somebody on the network could offer, see the code, leave and offer again until it is the one that another screen shows.
    [Fact]
    public async Task A_device_shows_itself_for_one_comparison()
    {
        var (ofNew, _) = await OfferedAsync();
        await _new.CompareAsync(ofNew, isSame: false);
        await _new.Hears<PairingEvents.ShowingChanged>(m => m.Party is null);
        Assert.IsType<InviteOutcome.NotFound>(await _sponsor.InviteFoundAsync(_new));
    }

    private async Task<(Comparison OfNew, Comparison OfSponsor)> OfferedAsync()
    {
        Assert.True(await _new.ShowsItselfAsync());
        _sponsor.Sees(_new);
        Assert.IsType<InviteOutcome.Invited>(await _sponsor.InviteFoundAsync(_new));
        return (await _new.ComparisonAsync(c => !c.IsSponsor), await _sponsor.ComparisonAsync(c => c.IsSponsor));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _sponsor.Dispose();
        _new.Dispose();
    }
}
