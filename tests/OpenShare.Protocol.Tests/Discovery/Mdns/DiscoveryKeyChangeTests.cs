using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>Devices change the key they are announced under, one after the other.</summary>
public sealed class DiscoveryKeyChangeTests
{
    private static readonly AccountHash First = Some.Account;
    private static readonly AccountHash Second = Some.OtherAccount;
    private static readonly AccountHash Third = AccountHash.Parse("0123456789abcdef");

    private readonly Segment _segment = new(71);
    private readonly Segment.Node _ann;
    private readonly Segment.Node _ben;

    public DiscoveryKeyChangeTests()
    {
        (_ann, _ben) = (_segment.Join(Some.Options(1)), _segment.Join(Some.Options(2)));
        _segment.Run(TimeSpan.FromMinutes(5));
        _ann.Effects.Clear();
        _ben.Effects.Clear();
    }

    [Fact]
    public void Whoever_changes_its_key_is_announced_under_the_new_one_at_once_and_says_no_goodbye()
    {
        var before = _segment.Sent.Count;

        Change(_ann, Second, First);
        _segment.Run(TimeSpan.FromSeconds(1.1));

        var said = _segment.Sent.Skip(before).Where(s => s.From == _ann && s.Message.IsResponse).ToList();
        Assert.NotEmpty(said);
        Assert.All(said, s => Assert.All(s.Message.Answers, r => Assert.NotEqual(0u, r.Ttl)));
        Assert.All(said, s => Assert.Equal(Second, s.Message.Answers.Select(r => r.Data).OfType<OpenShare.Protocol.Discovery.Dns.DnsData.Text>().Select(t => ServiceAnnouncement.TryRead(t)!.Account).Single()));
    }

    [Fact]
    public void It_does_not_lose_those_that_are_still_under_the_one_before()
    {
        Change(_ann, Second, First);
        _segment.Run(TimeSpan.FromMinutes(10));

        Assert.Empty(_ann.Said<MdnsEffect.Lost>());
    }

    [Fact]
    public void It_is_lost_to_those_that_have_not_the_new_one_and_seen_again_as_soon_as_they_have()
    {
        Change(_ann, Second, First);
        _segment.Run(TimeSpan.FromSeconds(3));
        Assert.Single(_ben.Said<MdnsEffect.Lost>());
        Assert.Empty(_ben.Said<MdnsEffect.Sighted>());

        Change(_ben, Second, First);

        var again = Assert.Single(_ben.Said<MdnsEffect.Sighted>());
        Assert.Equal(Some.Device(1), again.DeviceId);
        Assert.InRange(again.Latency, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        _segment.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(_ann.Said<MdnsEffect.Lost>());
        Assert.Single(_ben.Said<MdnsEffect.Lost>());
    }

    [Fact]
    public void A_device_that_missed_two_changes_is_seen_by_nobody()
    {
        Change(_ann, Second, First);
        _segment.Run(TimeSpan.FromSeconds(3));
        Change(_ann, Third, Second);
        _segment.Run(TimeSpan.FromSeconds(3));

        Assert.Equal(Some.Device(2), Assert.Single(_ann.Said<MdnsEffect.Lost>()).DeviceId);
    }

    [Fact]
    public void Whoever_comes_under_the_one_before_is_sighted()
    {
        Change(_ann, Second, First);
        var cem = _segment.Join(Some.Options(3));

        _segment.Run(TimeSpan.FromSeconds(5));

        Assert.Contains(_ann.Said<MdnsEffect.Sighted>(), s => s.DeviceId == Some.Device(3));
        Assert.DoesNotContain(cem.Said<MdnsEffect.Sighted>(), s => s.DeviceId == Some.Device(1));
    }

    private void Change(Segment.Node node, AccountHash account, AccountHash previous)
    {
        var options = Some.Options(node.Number + 1, account: account);
        _segment.Feed(node, new MdnsInput.OptionsChanged(options with { PreviousAccount = previous }));
    }
}
