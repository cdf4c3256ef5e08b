using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using Role = OpenShare.Protocol.Wire.TrustKey.Types.Role;

namespace OpenShare.Protocol.Tests.Identity;

public sealed class TrustChainTests
{
    private readonly Organisation _organisation = new();
    private readonly SigningKey _newRoot = Organisation.Key(0, 21), _attacker = Organisation.Key(0xAA, 1);

    private TrustRoot First => _organisation.Trust;

    [Fact]
    public void The_next_version_is_followed_and_lists_what_it_was_given()
    {
        var issuing = Organisation.Key(0, 22);
        var second = First.Follow(_organisation.Next(First, root: _newRoot, issuing: issuing).Link);

        Assert.Equal((2u, First.IssuedAt.AddDays(1)), (second.Version, second.IssuedAt));
        Assert.Contains(second.Keys, k => k.Role == Role.Issuing && k.Key.Equals(issuing.PublicKey));
        Assert.DoesNotContain(second.Keys, k => k.Key.Equals(_organisation.Issuing.PublicKey));
        Assert.Equal(2, second.Link.Signatures.Count);
        // A root key that stays signs once for both.
        Assert.Single(_organisation.Next(First).Link.Signatures);
    }

    [Fact]
    public void After_a_change_of_root_keys_the_new_one_signs_the_next_version_and_the_old_one_cannot()
    {
        var second = _organisation.Next(First, root: _newRoot);

        Assert.Equal(3u, second.Succeed(second.Keys, [_newRoot], second.IssuedAt).Version);
        AssertRefused("not signed by a root key of version 2", () => second.Succeed(second.Keys, [_organisation.Root], second.IssuedAt));
    }

    [Fact]
    public void A_skip_is_refused_by_name()
    {
        var third = _organisation.Next(_organisation.Next(First));
        AssertRefused("version 3 of the organisation's keys, and version 2 comes next (a skip)", () => First.Follow(third.Link));
        AssertRefused("(a skip)", () => TrustChain.Of(First).Follow([third.Link]));
    }

    [Fact]
    public void A_fork_is_refused_by_name_wherever_in_the_chain_it_is()
    {
        var chain = _organisation.Chain(3);
        var fork = _organisation.Next(First, issuing: Organisation.Key(0, 23));

        AssertRefused("another version 2 of the organisation's keys than the one known here (a fork)", () => chain.Follow([fork.Link]));
        AssertRefused("(a fork)", () => chain.Roots[1].Follow(fork.Link));
        Assert.Same(chain, chain.Follow([.. chain.Roots.Select(r => r.Link)]));
    }

    [Fact]
    public void The_same_version_signed_by_more_keys_is_no_fork()
    {
        var link = First.Link.Clone();
        link.Signatures.Insert(0, new TrustRootSignature { KeyId = "somebody else", Signature = ByteString.CopyFrom(new byte[64]) });
        Assert.Same(First, First.Follow(link));
    }

    [Fact]
    public void A_version_that_its_predecessor_did_not_sign_is_refused()
    {
        AssertRefused("not signed by a root key of version 1", () => First.Succeed(Listing(_attacker), [_attacker], First.IssuedAt));
        // Neither do the other roles' keys, of either version, sign trust roots.
        AssertRefused("not signed by a root key of version 1", () => First.Succeed(First.Keys, [_organisation.Issuing, _organisation.Revocation], First.IssuedAt));
        AssertRefused("not signed by a root key of version 1", () => First.Follow(First.Forge(p => p.Version = 2)));
    }

    [Fact]
    public void A_version_that_none_of_its_own_root_keys_signed_is_refused() =>
        AssertRefused("not signed by a root key of its own", () => First.Succeed(Listing(_newRoot), [_organisation.Root], First.IssuedAt));

    [Fact]
    public void A_version_from_before_its_predecessor_is_refused() =>
        AssertRefused("before version 1", () => _organisation.Next(First, at: First.IssuedAt.AddSeconds(-1)));

    [Fact]
    public void A_root_key_signs_within_its_own_time_only()
    {
        Assert.Equal(2u, First.Succeed(First.Keys, [_organisation.Root], Organisation.Now.AddYears(5)).Version);
        AssertRefused("not signed by a root key of version 1", () => First.Succeed(First.Keys, [_organisation.Root], Organisation.Now.AddYears(5).AddSeconds(1)));
        // So no trust root can tell a time later than its own root key's.
        Assert.Throws<ProtocolException>(() => TrustRoot.Read(First.Forge(p => p.IssuedAt = Organisation.Now.AddYears(6).ToUnixTimeSeconds(), _organisation.Root)));
    }

    [Fact]
    public void A_chain_is_followed_whole_or_not_at_all()
    {
        var chain = _organisation.Chain(3);
        var forged = chain.Newest.Forge(p => p.Keys.Add(Rotation.Entry(Role.Root, _attacker)), _attacker);
        var here = TrustChain.Of(First);

        AssertRefused("not signed by a root key of version 2", () => here.Follow([chain.Roots[1].Link, forged]));
        Assert.Equal(1u, here.Newest.Version);
        Assert.Equal(3u, here.Follow([chain.Roots[1].Link, chain.Roots[2].Link]).Newest.Version);
        AssertRefused("(a skip)", () => here.Follow([chain.Roots[2].Link, chain.Roots[1].Link]));
    }

    [Fact]
    public void Sixteen_links_are_handed_on_and_followed_and_seventeen_are_not()
    {
        var behind = TrustChain.Of(First);
        var sixteen = _organisation.Chain(17).Since(1)!;
        Assert.Equal(16, sixteen.Count);
        Assert.Equal(17u, behind.Follow(sixteen).Newest.Version);

        var longer = _organisation.Chain(18);
        Assert.Null(longer.Since(1));
        Assert.Equal(16, longer.Since(2)!.Count);
        AssertRefused("at most 16 links", () => behind.Follow([.. sixteen, longer.Newest.Link]));
    }

    [Fact]
    public void A_chain_of_more_than_64_KiB_is_neither_handed_on_nor_followed()
    {
        // As large as trust roots get: 32 keys, and a signature by each of them that fits.
        var chain = TrustChain.Of(First);
        var many = First.Keys.Concat(Enumerable.Range(0, 29).Select(n => First.Keys[1] with { Key = Organisation.Key(1, (byte)n).PublicKey })).ToList();
        var signers = Enumerable.Range(0, 31).Select(n => (ISigner)Organisation.Key(2, (byte)n)).Prepend(_organisation.Root).ToList();
        for (var version = 2; version <= 17; version++)
            chain = chain.Follow([chain.Newest.Succeed(many, signers, chain.Newest.IssuedAt).Link]);

        Assert.Null(chain.Since(1));
        var since = chain.Since(6)!;
        Assert.InRange(since.Sum(l => l.CalculateSize()), 40_000, Limits.TrustChain);
        AssertRefused("bytes", () => TrustChain.Of(First).Follow([.. chain.Roots.Skip(1).Select(r => r.Link)]));
    }

    [Fact]
    public void Nothing_is_handed_on_to_one_that_is_not_behind_or_from_before_what_is_kept()
    {
        var chain = _organisation.Chain(3);
        Assert.Empty(chain.Since(3)!);
        Assert.Empty(chain.Since(4)!);
        Assert.Equal(2, chain.Since(1)!.Count);
        Assert.Null(chain.Since(0));
        var begun = TrustChain.Of(chain.Newest);
        Assert.Null(begun.Since(1));
        Assert.Equal([chain.Newest.Link], begun.Since(2));
    }

    [Fact]
    public void A_chain_that_was_kept_reads_back_and_one_that_was_damaged_does_not()
    {
        List<TrustRootLink> links = [.. _organisation.Chain(4).Roots.Select(r => r.Link)];
        Assert.Equal(4u, TrustChain.Read(links).Newest.Version);
        Assert.Throws<ProtocolException>(() => TrustChain.Read([]));
        Assert.Throws<ProtocolException>(() => TrustChain.Read([links[0], links[2]]));
    }

    [Fact]
    public void A_chain_that_came_in_parts_reads_back_also_where_it_is_more_than_is_handed_on_at_once()
    {
        List<SigningKey> roots = [_organisation.Root, .. Enumerable.Range(100, 29).Select(n => Organisation.Key(0, (byte)n))];
        List<TrustedKey> keys = [.. First.Keys, .. roots.Skip(1).Select(root => First.Keys.First(k => k.Role == Role.Root) with { Key = root.PublicKey })];
        var chain = TrustChain.Of(First);
        while (chain.Roots.Count < Limits.TrustLinks)
            chain = chain.Follow([chain.Newest.Succeed(keys, roots, Organisation.Now).Link]);
        List<TrustRootLink> links = [.. chain.Roots.Select(r => r.Link)];
        Assert.InRange(links.Sum(l => l.CalculateSize()), Limits.TrustChain + 1, int.MaxValue);

        Assert.Equal(chain.Newest.Version, TrustChain.Read(links).Newest.Version);
    }

    [Fact]
    public void No_more_is_kept_than_can_be_handed_on()
    {
        var chain = _organisation.Chain(40);
        Assert.Equal(Enumerable.Range(24, 17).Select(v => (uint)v), chain.Roots.Select(r => r.Version));
        Assert.Same(chain, chain.Follow([First.Link]));
    }

    private List<TrustedKey> Listing(SigningKey root) => [.. First.Keys.Select(k => k.Role == Role.Root ? k with { Key = root.PublicKey } : k)];

    private static void AssertRefused(string says, Func<object> follow) =>
        Assert.Contains(says, Assert.Throws<ProtocolException>(follow).Message, StringComparison.Ordinal);
}
