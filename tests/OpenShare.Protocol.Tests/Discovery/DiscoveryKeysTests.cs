using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Discovery;

/// <summary>The discovery keys that a device has: the newest and the one before, and never back.</summary>
public sealed class DiscoveryKeysTests
{
    private readonly Organisation _organisation = new();

    [Fact]
    public void The_one_before_is_kept_and_no_other()
    {
        var keys = DiscoveryKeys.Of(Key(1));
        Assert.Null(keys.PreviousHash);

        keys = Follow(keys, Key(2));
        AssertAre(2, 1, keys);
        AssertAre(5, 2, Follow(keys, Key(5)));
    }

    [Fact]
    public void An_older_one_and_the_same_again_change_nothing()
    {
        var keys = Follow(DiscoveryKeys.Of(Key(1)), Key(3));

        Assert.Same(keys, Follow(keys, Key(3)));
        Assert.Same(keys, Follow(keys, Key(2)));
        Assert.Same(keys, Follow(keys, Key(1)));
    }

    [Fact]
    public void The_same_key_signed_anew_has_the_same_one_before_it()
    {
        var keys = Follow(DiscoveryKeys.Of(Key(1)), Key(2));

        keys = Follow(keys, _organisation.DiscoveryKey(2, at: Organisation.Now.AddDays(1)));

        AssertAre(2, 1, keys);
        Assert.Equal(Organisation.Now.AddDays(1), keys.Issue!.IssuedAt);
    }

    [Fact]
    public void Of_two_keys_of_one_version_the_later_counts()
    {
        var other = _organisation.DiscoveryKey(2, at: Organisation.Now.AddDays(1), secret: new byte[32]);

        var keys = Follow(Follow(DiscoveryKeys.Of(Key(1)), Key(2)), other);

        Assert.Equal((AccountHash.FromKey(new byte[32]), HashOf(2)), (keys.Hash, keys.PreviousHash));
        Assert.Same(keys, Follow(keys, Key(2)));
    }

    [Fact]
    public void A_key_signed_by_whoever_stole_an_issuing_key_ends_with_that()
    {
        var (stolen, renewed) = (DiscoveryKeys.Of(Key(uint.MaxValue)), Organisation.Key(0, 22));
        var rotated = _organisation.Next(_organisation.Trust, issuing: renewed);
        var next = _organisation.DiscoveryKey(2, at: rotated.IssuedAt, issuing: renewed);

        var keys = stolen.Follow(next, rotated);

        Assert.Equal(2u, keys.Version);
        Assert.Same(keys, keys.Follow(_organisation.DiscoveryKey(1, at: rotated.IssuedAt, issuing: renewed), rotated));
    }

    [Fact]
    public void A_key_that_came_unsigned_gives_way_to_any_that_is_signed_and_to_no_other_after()
    {
        var unsigned = DiscoveryKeys.Unsigned(Key(1).Secret);
        Assert.Equal((0u, HashOf(1)), (unsigned.Version, unsigned.Hash));

        var signed = Follow(unsigned, Key(1));
        Assert.Equal((1u, HashOf(1), null), (signed.Version, signed.Hash, signed.PreviousHash));
        AssertAre(2, 1, Follow(unsigned, Key(2)));

        Assert.Same(signed, signed.FollowUnsigned(new byte[32]));
        Assert.Equal(HashOf(1), unsigned.FollowUnsigned(new byte[32]).PreviousHash);
    }

    private DiscoveryKeys Follow(DiscoveryKeys keys, DiscoveryKey issue) => keys.Follow(issue, _organisation.Trust);

    private DiscoveryKey Key(uint version) => _organisation.DiscoveryKey(version);

    private AccountHash HashOf(uint version) => AccountHash.FromKey(Key(version).Secret.Span);

    private void AssertAre(uint current, uint previous, DiscoveryKeys keys) =>
        Assert.Equal((current, HashOf(current), HashOf(previous)), (keys.Version, keys.Hash, keys.PreviousHash));
}
