using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using Role = OpenShare.Protocol.Wire.TrustKey.Types.Role;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>Two devices at different versions of the trust root: the one behind follows the other's chain before it judges.</summary>
public sealed class TrustRootHandshakeTests
{
    private readonly Organisation _organisation = new();
    private readonly SigningKey _issuing = Organisation.Key(0, 22), _attacker = Organisation.Key(0xAA, 1);

    /// <summary>Another issuing key: certificates under the one before are good for renewal only.</summary>
    private TrustChain Changed => field ??= TrustChain.Of(_organisation.Trust).Follow([_organisation.Next(_organisation.Trust, issuing: _issuing).Link]);

    /// <summary>Both issuing keys.</summary>
    private TrustChain Widened => field ??= TrustChain.Of(_organisation.Trust).Follow([_organisation.Trust.Succeed(
        _organisation.Trust.Keys.Append(_organisation.Trust.Keys[1] with { Key = _issuing.PublicKey }), [_organisation.Root], Organisation.Now.AddDays(-2)).Link]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_one_behind_follows_the_chain_and_judges_a_certificate_under_a_key_it_did_not_know(bool initiatorIsBehind)
    {
        var behind = _organisation.Device(10);
        var ahead = _organisation.Device(11, issuing: _issuing) with { Trust = Widened };

        var (pair, atBehind, atAhead) = Meet(behind, ahead, initiatorIsBehind);

        Assert.Equal(2u, pair.InitiatorResult!.Trust.Newest.Version);
        Assert.Equal(2u, pair.ResponderResult!.Trust.Newest.Version);
        Assert.Equal([Widened.Newest.Link], atBehind.OfType<HandshakeEffect.TrustRootFollowed>().Single().Links);
        Assert.Empty(atAhead.OfType<HandshakeEffect.TrustRootFollowed>());
    }

    [Theory]
    [InlineData(true, 17)]
    [InlineData(false, 17)]
    [InlineData(true, 18)]
    [InlineData(false, 18)]
    public void Sixteen_versions_are_caught_up_with_and_seventeen_need_the_service(bool initiatorIsBehind, int version)
    {
        var ahead = _organisation.Device(11) with { Trust = _organisation.Chain(version) };

        var (pair, atBehind, atAhead) = Meet(_organisation.Device(10), ahead, initiatorIsBehind);

        var opens = version == 17;
        Assert.Equal(opens, pair.InitiatorResult is not null && pair.ResponderResult is not null);
        Assert.Equal(opens ? 16 : null, atBehind.OfType<HandshakeEffect.TrustRootFollowed>().SingleOrDefault()?.Links.Count);
        if (opens)
            return;
        Assert.Contains("must reach the registration service once", Assert.IsType<HandshakeFailure.Refused>(pair.InitiatorFailure).Detail, StringComparison.Ordinal);
        Assert.Equal(RefusalCode.TrustRootBehind, Assert.IsType<HandshakeFailure.RefusedByPeer>(pair.ResponderFailure).Code);
        Assert.Empty(atAhead.OfType<HandshakeEffect.TrustRootFollowed>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_largest_chain_fits_a_frame_and_no_other_frame_grows(bool initiatorIsBehind)
    {
        var many = _organisation.Trust.Keys.Concat(
            Enumerable.Range(0, 29).Select(n => _organisation.Trust.Keys[1] with { Key = Organisation.Key(1, (byte)n).PublicKey })).ToList();
        var signers = Enumerable.Range(0, 31).Select(n => (ISigner)Organisation.Key(2, (byte)n)).Prepend(_organisation.Root).ToList();
        var chain = TrustChain.Of(_organisation.Trust);
        while (chain.Follow([chain.Newest.Succeed(many, signers, chain.Newest.IssuedAt).Link]) is var longer && longer.Since(1) is not null)
            chain = longer;

        var (pair, _, _) = Meet(_organisation.Device(10), _organisation.Device(11) with { Trust = chain }, initiatorIsBehind);

        Assert.NotNull(pair.ResponderResult);
        var brings = initiatorIsBehind ? 1 : 2;
        Assert.InRange(pair.Frames[brings].Length, Limits.TrustChain / 2, Limits.HandshakeFrameWithChain);
        Assert.All(pair.Frames.Where((_, n) => n != brings), frame => Assert.InRange(frame.Length, 1, 1024));
    }

    [Fact]
    public void A_responder_that_is_not_behind_takes_no_longer_proof()
    {
        var ahead = _organisation.Device(11) with { Trust = Changed };
        using var responder = new HandshakeResponder(ahead, new SeededRandom(2), Organisation.Now);
        responder.Handle(new DishonestDevice(_organisation.Device(10)).Opening(), Organisation.Now);
        Assert.Equal(Limits.HandshakeFrame, responder.LongestFrame);
        using var behind = new HandshakeResponder(_organisation.Device(12), new SeededRandom(2), Organisation.Now);
        behind.Handle(new DishonestDevice(ahead) { TrustRootVersion = 2 }.Opening(), Organisation.Now);
        Assert.Equal(Limits.HandshakeFrameWithChain, behind.LongestFrame);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_certificate_under_a_withdrawn_issuing_key_is_refused_and_its_device_learns_why_it_must_renew(bool initiatorIsBehind)
    {
        var withdrawn = _organisation.Device(10);
        var ahead = _organisation.Device(11, issuing: _issuing) with { Trust = Changed };

        var (pair, atBehind, _) = Meet(withdrawn, ahead, initiatorIsBehind);

        Assert.Null(pair.InitiatorResult);
        Assert.Null(pair.ResponderResult);
        Assert.Equal(RefusalCode.BadCertificate, Assert.IsType<HandshakeFailure.Refused>(initiatorIsBehind ? pair.ResponderFailure : pair.InitiatorFailure).Code);
        Assert.Equal([Changed.Newest.Link], atBehind.OfType<HandshakeEffect.TrustRootFollowed>().Single().Links);
    }

    public static TheoryData<string, string> Forgeries => new()
    {
        { "of an attacker", "not signed by a root key of version 1" },
        { "with an attacker's root key added", "not signed by a root key of version 1" },
        { "that skips", "(a skip)" },
        { "good, and then forged", "not signed by a root key of version 2" },
        { "too long", "at most 16 links" },
        { "damaged", "damaged" },
    };

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_chain_that_does_not_follow_is_refused_in_clear_words_and_changes_nothing(string chain, string says)
    {
        var links = Forged(chain);
        var claimed = 1u + (uint)links.Length;
        var victim = _organisation.Device(10);
        // Certificates are genuine: whoever hands on the chain is an insider at worst.
        AssertRefused(Answer(victim, new DishonestDevice(_organisation.Device(11)) { TrustRootVersion = claimed, TrustChain = links }));
        AssertRefused(Dial(victim, new DishonestDevice(_organisation.Device(11)) { TrustRootVersion = claimed, TrustChain = links }));

        void AssertRefused(IReadOnlyList<HandshakeEffect> effects)
        {
            var refused = Assert.IsType<HandshakeFailure.Refused>(Assert.IsType<HandshakeEffect.Failed>(effects[^1]).Failure);
            Assert.Equal(RefusalCode.BadTrustRoot, refused.Code);
            Assert.Contains(says, refused.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain(effects, e => e is HandshakeEffect.TrustRootFollowed or HandshakeEffect.Established);
        }
    }

    [Fact]
    public void A_fork_of_the_version_held_is_refused_by_name()
    {
        var victim = _organisation.Device(10) with { Trust = Widened };
        var fork = _organisation.Next(_organisation.Trust);
        var dialler = new DishonestDevice(_organisation.Device(11)) { TrustRootVersion = 3, TrustChain = [fork.Link, _organisation.Next(fork).Link] };
        Assert.Contains("(a fork)", Assert.IsType<HandshakeEffect.Failed>(Dial(victim, dialler)[^1]).Failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_that_ends_before_the_version_claimed_moves_no_further_than_it_proves()
    {
        var victim = _organisation.Device(10);
        var effects = Dial(victim, new DishonestDevice(_organisation.Device(11)) { TrustRootVersion = 9, TrustChain = [Widened.Newest.Link] });
        Assert.Equal(RefusalCode.TrustRootBehind, Assert.IsType<HandshakeFailure.Refused>(Assert.IsType<HandshakeEffect.Failed>(effects[^1]).Failure).Code);
        // What it did prove is the organisation's own, whoever brought it.
        Assert.IsType<HandshakeEffect.TrustRootFollowed>(effects[0]);
    }

    [Fact]
    public void Between_equal_versions_no_chain_travels_and_one_that_does_is_not_looked_at()
    {
        var (a, b) = (_organisation.Device(10), _organisation.Device(11));
        var pair = new HandshakePair(a, b).Run();
        Assert.All(pair.Frames, frame => Assert.InRange(frame.Length, 1, 1024));
        var effects = Dial(a, new DishonestDevice(b) { TrustChain = Forged("of an attacker") });
        Assert.IsType<HandshakeEffect.Established>(effects[^1]);
        Assert.DoesNotContain(effects, e => e is HandshakeEffect.TrustRootFollowed);
    }

    [Fact]
    public void A_peer_that_has_proven_itself_is_objected_to_once_its_issuing_key_is_withdrawn()
    {
        var (self, peer) = (_organisation.Device(10), _organisation.Device(11));
        var judgedBy = self.Trust;
        Assert.Null(self.ObjectionTo(peer.Certificate, judgedBy, Organisation.Now));

        var objection = (self with { Trust = Changed }).ObjectionTo(peer.Certificate, judgedBy, Organisation.Now);

        Assert.Equal(RefusalCode.BadCertificate, objection!.Code);
        // The other way round: judged by newer trust roots than the party has adopted yet.
        var renewed = _organisation.Device(12, issuing: _issuing);
        Assert.Null(self.ObjectionTo(renewed.Certificate, Changed, Organisation.Now));
        Assert.NotNull(self.ObjectionTo(renewed.Certificate, judgedBy, Organisation.Now));
    }

    [Fact]
    public void The_issue_time_of_a_trust_root_that_is_followed_counts_in_that_very_handshake()
    {
        var lastMonth = Organisation.Now.AddDays(-20);
        var behind = _organisation.Device(10, issued: lastMonth.AddDays(-1));
        var expired = _organisation.Device(11, issued: lastMonth.AddDays(-5), lifetime: TimeSpan.FromDays(10)) with { Trust = Widened };

        var pair = new HandshakePair(behind, expired, now: lastMonth).Run();

        Assert.Equal(RefusalCode.Expired, Assert.IsType<HandshakeFailure.Refused>(pair.InitiatorFailure).Code);
    }

    private TrustRootLink[] Forged(string how)
    {
        var first = _organisation.Trust;
        return how switch
        {
            "of an attacker" => [first.Forge(p => { p.Version = 2; p.Keys.Clear(); p.Keys.Add(Rotation.Entry(Role.Root, _attacker)); }, _attacker)],
            "with an attacker's root key added" => [first.Forge(p => { p.Version = 2; p.Keys.Add(Rotation.Entry(Role.Root, _attacker)); }, _attacker)],
            "that skips" => [_organisation.Next(_organisation.Next(first)).Link],
            "good, and then forged" => [Widened.Newest.Link, Widened.Newest.Forge(p => { p.Version = 3; p.Keys.Add(Rotation.Entry(Role.Root, _attacker)); }, _attacker)],
            "too long" => [.. _organisation.Chain(18).Roots.Select(r => r.Link)],
            _ => [new TrustRootLink { Payload = Google.Protobuf.ByteString.CopyFrom([0xff, 0xff]) }],
        };
    }

    private static (HandshakePair Pair, List<HandshakeEffect> AtBehind, List<HandshakeEffect> AtAhead) Meet(
        HandshakeParty behind, HandshakeParty ahead, bool initiatorIsBehind)
    {
        var pair = (initiatorIsBehind ? new HandshakePair(behind, ahead) : new HandshakePair(ahead, behind)).Run();
        return initiatorIsBehind ? (pair, pair.AtInitiator, pair.AtResponder) : (pair, pair.AtResponder, pair.AtInitiator);
    }

    /// <summary>What the victim, dialled by it, makes of it.</summary>
    private static IReadOnlyList<HandshakeEffect> Dial(HandshakeParty victim, DishonestDevice dialler)
    {
        using var responder = new HandshakeResponder(victim, new SeededRandom(2), Organisation.Now);
        dialler.Read(HandshakePair.Sent([], responder.Handle(dialler.Opening(), Organisation.Now))[0]);
        return responder.Handle(dialler.Proof(), Organisation.Now);
    }

    /// <summary>What the victim, dialling it, makes of it.</summary>
    private static IReadOnlyList<HandshakeEffect> Answer(HandshakeParty victim, DishonestDevice answering)
    {
        using var initiator = new HandshakeInitiator(victim, null, Authentication.Types.Purpose.Link, new SeededRandom(1));
        return initiator.Handle(answering.Answer(HandshakePair.Sent([], initiator.Start(Organisation.Now))[0]), Organisation.Now);
    }
}
