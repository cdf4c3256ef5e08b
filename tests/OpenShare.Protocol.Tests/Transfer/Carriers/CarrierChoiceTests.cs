using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Protocol.Tests.Transfer.Carriers;

/// <summary>What streams go over, and by what it is chosen. A look a second; five make a measurement, three are let pass after a change.</summary>
public sealed class CarrierChoiceTests
{
    private readonly CarrierChoice _choice = new(CarrierRule.Measured, CarrierTuning.Default);
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);
    private long _bytes;

    [Fact]
    public void A_path_that_loses_nothing_stays_with_tcp() =>
        Assert.Equal(Carrier.Tcp, Look(600, rate: 20, isHeldBack: false));

    [Fact]
    public void Quic_is_tried_where_tcp_is_held_back_and_stays_while_it_makes_more()
    {
        Assert.Equal(Carrier.Tcp, Look(5, rate: 10));
        Assert.Equal(Carrier.Quic, Look(1, rate: 10));
        Assert.Equal(Carrier.Quic, Look(600, rate: 12, byQuic: 4));
    }

    [Fact]
    public void A_quic_that_makes_no_more_than_tcp_did_is_left_and_tried_again_after_a_longer_and_longer_while()
    {
        Try();
        Assert.Equal(Carrier.Quic, Look(7, rate: 10.5, byQuic: 4));
        Assert.Equal(Carrier.Tcp, Look(1, rate: 10.5, byQuic: 4));
        Assert.Equal(Carrier.Tcp, Look(59, rate: 10));
        Assert.Equal(Carrier.Quic, Look(1, rate: 10));
        Assert.Equal(Carrier.Tcp, Look(8, rate: 10, byQuic: 4));
        Assert.Equal(Carrier.Tcp, Look(119, rate: 10));
        Assert.Equal(Carrier.Quic, Look(1, rate: 10));
    }

    [Fact]
    public void One_that_was_better_and_is_no_more_is_left()
    {
        Try();
        Assert.Equal(Carrier.Quic, Look(100, rate: 20, byQuic: 4));
        Assert.Equal(Carrier.Tcp, Look(5, rate: 5, byQuic: 4));
    }

    [Fact]
    public void Where_udp_does_not_come_through_tcp_goes_on()
    {
        Try();
        Assert.Equal(Carrier.Quic, Look(11, rate: 10));
        Assert.Equal(Carrier.Tcp, Look(1, rate: 10));
        Assert.Equal(Carrier.Tcp, Look(59, rate: 10));
    }

    [Fact]
    public void Streams_that_all_break_have_a_while_to_come_back()
    {
        Try();
        Look(60, rate: 20, byQuic: 4);
        Assert.Equal(Carrier.Quic, Look(11, rate: 0));
        Assert.Equal(Carrier.Tcp, Look(1, rate: 0));
    }

    [Fact]
    public void Time_in_which_nothing_is_to_be_sent_is_no_measurement()
    {
        Assert.Equal(Carrier.Tcp, Look(600, rate: 0, isPushing: false));
        Try();
        Assert.Equal(Carrier.Quic, Look(600, rate: 0, byQuic: 4, isPushing: false));
    }

    [Fact]
    public void A_new_link_begins_by_tcp_and_knows_what_was_no_better()
    {
        Try();
        Look(8, rate: 10, byQuic: 4);
        Assert.Equal(Carrier.Tcp, Look(10, rate: 10));
        _choice.HandleLink(Carrier.Tcp);
        Assert.Equal(Carrier.Tcp, _choice.Carrier);
        Assert.Equal(Carrier.Tcp, Look(49, rate: 10));
        Assert.Equal(Carrier.Quic, Look(1, rate: 10));
    }

    [Theory]
    [InlineData(CarrierRule.Measured)]
    [InlineData(CarrierRule.Alternate)]
    [InlineData(CarrierRule.Tcp)]
    public void On_a_link_that_is_quic_itself_streams_are_too_and_on_the_next_they_are_chosen_again(CarrierRule rule)
    {
        var choice = new CarrierChoice(rule, CarrierTuning.Default);
        var isOpen = choice.IsOpen;
        choice.HandleLink(Carrier.Quic);
        Assert.False(choice.IsOpen);
        for (var i = 1; i < 100; i++)
            Assert.Equal(Carrier.Quic, choice.Look(new CarrierFacts(i, IsPushing: true, IsHeldBack: false, ByQuic: i % 2), _now.AddSeconds(i)));
        choice.HandleLink(Carrier.Tcp);
        Assert.Equal((isOpen, Carrier.Tcp), (choice.IsOpen, choice.Carrier));
    }

    [Theory]
    [InlineData(CarrierRule.Tcp, Carrier.Tcp)]
    [InlineData(CarrierRule.Quic, Carrier.Quic)]
    public void What_is_fixed_never_changes(CarrierRule rule, Carrier carrier)
    {
        var choice = new CarrierChoice(rule, CarrierTuning.Default);
        choice.HandleLink(Carrier.Tcp);
        Assert.False(choice.IsOpen);
        for (var i = 1; i < 100; i++)
            Assert.Equal(carrier, choice.Look(new CarrierFacts(i, IsPushing: true, IsHeldBack: true, ByQuic: 4), _now.AddSeconds(i)));
    }

    [Fact]
    public void In_turn_each_has_its_part()
    {
        var choice = new CarrierChoice(CarrierRule.Alternate, CarrierTuning.Default);
        Carrier[] seen = [.. Enumerable.Range(0, 6).Select(i => choice.Look(new CarrierFacts(i, true, false, ByQuic: i % 2), _now))];
        Assert.Equal([Carrier.Tcp, Carrier.Quic, Carrier.Quic, Carrier.Tcp, Carrier.Quic, Carrier.Tcp], seen);
    }

    private void Try() => Assert.Equal(Carrier.Quic, Look(6, rate: 10));

    private Carrier Look(int times, double rate, bool isHeldBack = true, int byQuic = 0, bool isPushing = true)
    {
        for (var i = 0; i < times; i++)
        {
            _bytes += (long)(rate * 1_000_000);
            _now += TimeSpan.FromSeconds(1);
            _choice.Look(new CarrierFacts(_bytes, isPushing, isHeldBack, byQuic), _now);
        }
        return _choice.Carrier;
    }
}
