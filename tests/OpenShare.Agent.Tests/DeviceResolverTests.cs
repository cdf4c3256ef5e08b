using System.Net;
using OpenShare.Agent.Api;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Agent.Tests;

/// <summary>Which device a person means.</summary>
public sealed class DeviceResolverTests
{
    private static readonly PeerView Bob = Some.Peer;
    private static readonly PeerView Carol = Some.Peer with
    {
        DeviceId = DeviceId.Parse("b0c00000000000000000000000000005"), Name = "Carol", Address = IPEndPoint.Parse("192.0.2.3:1"),
    };

    [Theory]
    [InlineData("bob")]
    [InlineData("BOB")]
    [InlineData("b0b")]
    [InlineData("B0B00000000000000000000000000002")]
    [InlineData("192.0.2.2")]
    public void A_name_the_beginning_of_an_id_or_an_address_finds_it(string text) =>
        Assert.Equal(new DeviceResolution.Found(new SendTarget.Device(Bob.DeviceId)), DeviceResolver.Pick(text, [Bob, Carol]));

    [Fact]
    public void Nothing_is_the_beginning_of_no_id() => Assert.IsType<DeviceResolution.NotFound>(DeviceResolver.Pick("", [Bob]));

    [Fact]
    public void What_is_not_there_is_told_with_what_is()
    {
        var missing = Assert.IsType<DeviceResolution.NotFound>(DeviceResolver.Pick("dave", [Bob, Carol]));

        Assert.Contains("'dave'", missing.Message, StringComparison.Ordinal);
        Assert.Contains("bob (b0b00000", missing.Message, StringComparison.Ordinal);
        Assert.Contains("Carol", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_be_several_is_told_with_all_of_them()
    {
        var ambiguous = Assert.IsType<DeviceResolution.Ambiguous>(DeviceResolver.Pick("b0", [Bob, Carol]));

        Assert.Contains("bob (b0b00000, 192.0.2.2:4848)", ambiguous.Message, StringComparison.Ordinal);
        Assert.Contains("Carol (b0c00000, 192.0.2.3:1)", ambiguous.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_of_one_name_are_ambiguous() =>
        Assert.IsType<DeviceResolution.Ambiguous>(DeviceResolver.Pick("bob", [Bob, Carol with { Name = "bob" }]));

    [Fact]
    public void A_name_written_exactly_wins() =>
        Assert.Equal(new DeviceResolution.Found(new SendTarget.Device(Bob.DeviceId)), DeviceResolver.Pick("bob", [Bob, Carol with { Name = "Bob" }]));

    [Theory]
    [InlineData(PeerTrust.Revoked)]
    [InlineData(PeerTrust.Expired)]
    public void A_device_set_up_anew_is_meant_not_its_old_self(PeerTrust old) =>
        Assert.Equal(
            new DeviceResolution.Found(new SendTarget.Device(Bob.DeviceId)),
            DeviceResolver.Pick("bob", [Carol with { Name = "bob", Trust = old }, Bob]));

    [Fact]
    public void A_revoked_device_is_not_looked_for_but_left_to_be_refused() =>
        Assert.IsType<DeviceResolution.Found>(DeviceResolver.Pick("bob", [Bob with { Trust = PeerTrust.Revoked, Address = null }]));

    [Fact]
    public void A_known_device_out_of_sight_is_not_there() =>
        Assert.Contains("known", Assert.IsType<DeviceResolution.NotFound>(DeviceResolver.Pick("bob", [Bob with { Address = null }])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_wins_over_an_id_that_begins_like_it() =>
        Assert.Equal(new DeviceResolution.Found(new SendTarget.Device(Carol.DeviceId)), DeviceResolver.Pick("b0b", [Bob, Carol with { Name = "b0b" }]));

    [Fact]
    public void What_others_call_themselves_cannot_move_a_terminal() =>
        Assert.DoesNotContain('\e', Assert.IsType<DeviceResolution.NotFound>(DeviceResolver.Pick("x", [Bob with { Name = "\e[2J" }])).Message);
}
