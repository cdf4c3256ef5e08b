using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>What a revocation list that is past its next update does to new connections: nothing, unless the device is set to refuse.</summary>
public sealed class StaleListTests
{
    private readonly Organisation _organisation = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_device_set_to_refuse_opens_no_link_under_a_stale_list_and_says_why_on_both_sides(bool refuserDials)
    {
        var pair = Meet(Device(10, StaleListRule.Refuse), refuserDials, _organisation.Revoke(1).NextUpdate.AddSeconds(1));
        var (here, there) = refuserDials ? (pair.InitiatorFailure, pair.ResponderFailure) : (pair.ResponderFailure, pair.InitiatorFailure);

        var refused = Assert.IsType<HandshakeFailure.Refused>(here);
        Assert.Equal((RefusalCode.StaleList, true), (refused.Code, refused.Detail.Contains("past its time", StringComparison.Ordinal)));
        Assert.Equal(RefusalCode.StaleList, Assert.IsType<HandshakeFailure.RefusedByPeer>(there).Code);
    }

    [Theory]
    [InlineData(StaleListRule.Warn, 1)]
    [InlineData(StaleListRule.Refuse, 0)]
    public void Set_to_warn_or_up_to_the_last_second_it_opens_them(StaleListRule rule, int secondsPast) =>
        Assert.NotNull(Meet(Device(10, rule), refuserDials: true, _organisation.Revoke(1).NextUpdate.AddSeconds(secondsPast)).InitiatorResult);

    [Fact]
    public void A_clock_set_back_makes_no_list_fresh()
    {
        var refuser = Device(10, StaleListRule.Refuse) with { Floor = Protocol.Identity.TimeFloor.None.Raise(Organisation.Now.AddDays(8)) };
        Assert.Equal(RefusalCode.StaleList, Assert.IsType<HandshakeFailure.Refused>(Meet(refuser, refuserDials: true, Organisation.Now).InitiatorFailure).Code);
    }

    [Fact]
    public void With_no_list_at_all_it_refuses_too() =>
        Assert.Equal(RefusalCode.StaleList, Assert.IsType<HandshakeFailure.Refused>(
            Meet(Device(10, StaleListRule.Refuse) with { Revoked = null }, refuserDials: true, Organisation.Now).InitiatorFailure).Code);

    [Fact]
    public void A_probe_by_which_a_newer_list_comes_is_answered_and_one_that_is_revoked_is_still_told_so()
    {
        var late = _organisation.Revoke(1).NextUpdate.AddSeconds(1);
        var refuser = Device(10, StaleListRule.Refuse);
        Assert.NotNull(new HandshakePair(refuser, Device(11), now: late, purpose: Authentication.Types.Purpose.Probe).Run().ResponderResult);

        var other = Device(11);
        var judge = refuser with { Revoked = _organisation.Revoke(2, other.Certificate) };
        Assert.Equal(RefusalCode.Revoked, Assert.IsType<HandshakeFailure.Refused>(new HandshakePair(judge, other, now: late).Run().InitiatorFailure).Code);
    }

    private HandshakeParty Device(byte number, StaleListRule rule = StaleListRule.Warn) =>
        _organisation.Device(number) with { Revoked = _organisation.Revoke(1), StaleList = rule };

    private HandshakePair Meet(HandshakeParty refuser, bool refuserDials, DateTimeOffset now) =>
        (refuserDials ? new HandshakePair(refuser, Device(11), now: now) : new HandshakePair(Device(11), refuser, now: now)).Run();
}
