using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Pairing;

/// <summary>What two screens show, and what somebody between the two devices can bring about.</summary>
public sealed class ShortCodeTests
{
    private readonly Organisation _organisation = new();

    [Fact]
    public void Both_sides_of_a_session_show_the_same()
    {
        var (ofNew, ofSponsor) = Codes(SomePairing.Session, SomePairing.Session, seed: 1);
        Assert.Equal(ofNew, ofSponsor);
    }

    // Two sessions, each with somebody in the middle, who hands on every message as it comes: the commitment of the one does not fit the other,
    // so he must commit to a number of his own, and what both show then agrees by chance alone.
    [Fact]
    public void With_somebody_in_the_middle_they_show_the_same_once_in_a_million_times()
    {
        var other = SessionId.FromBytes([.. Enumerable.Repeat((byte)4, 16)]);
        Assert.Null(Codes(SomePairing.Session, other, seed: 1).OfSponsor);
        var random = new SeededRandom(7);
        var same = Enumerable.Range(0, 2000).Count(_ =>
            ShortCode.Of(SomePairing.Session, ShortCode.NewNumber(random), ShortCode.NewNumber(random))
            == ShortCode.Of(other, ShortCode.NewNumber(random), ShortCode.NewNumber(random)));
        Assert.InRange(same, 0, 1);
    }

    // Whoever reveals last knows the code before the other side does: were he free to leave and come again, he would come until it suits him.
    [Fact]
    public void Who_sees_the_sponsors_number_and_leaves_is_told_of_and_is_given_no_other()
    {
        var (self, machine) = (_organisation.Sponsor(), new SponsorMachine(new SeededRandom(1)));
        var token = self.Invite(byAnnouncement: true);
        Assert.IsType<SponsorEffect.Send>(Assert.Single(Greet(SomePairing.Opened(1, token))));
        var left = machine.Handle(new SponsorInput.Left(1), self, Organisation.Now);
        Assert.Equal(PairingRefusalCode.NotCompared, left.OfType<SponsorEffect.Refused>().Single().Refusal.Code);

        // Dialled in by itself, also at a sponsor that was started anew and remembers none of it.
        Assert.Equal(PairingRefusalCode.Spent, Greet(SomePairing.Opened(2)).OfType<SponsorEffect.Refused>().Single().Refusal.Code);
        machine = new SponsorMachine(new SeededRandom(1));
        Assert.Equal(PairingRefusalCode.Spent, Greet(SomePairing.Opened(3)).OfType<SponsorEffect.Refused>().Single().Refusal.Code);

        IReadOnlyList<SponsorEffect> Greet(SponsorInput.Opened opened)
        {
            machine.Handle(opened, self, Organisation.Now);
            return machine.Handle(new SponsorInput.Heard(opened.Visit, token.Greeting()), self, Organisation.Now);
        }
    }

    [Fact]
    public void Each_digit_takes_every_value_and_zeros_at_the_front_are_shown()
    {
        var random = new SeededRandom(7);
        var texts = Enumerable.Range(0, 2000).Select(_ => ShortCode.Of(SomePairing.Session, ShortCode.NewNumber(random), ShortCode.NewNumber(random)).ToString()).ToList();
        Assert.All(texts, t => Assert.Matches("^[0-9]{3} [0-9]{3}$", t));
        foreach (var at in new[] { 0, 1, 2, 4, 5, 6 })
            Assert.Equal(10, texts.Select(t => t[at]).Distinct().Count());
    }

    [Fact]
    public void Whatever_is_changed_changes_the_code()
    {
        byte[] ofNew = [.. Enumerable.Repeat((byte)1, 32)], ofSponsor = [.. Enumerable.Repeat((byte)2, 32)];
        var code = ShortCode.Of(SomePairing.Session, ofNew, ofSponsor);
        Assert.NotEqual(code, ShortCode.Of(SessionId.FromBytes(new byte[16]), ofNew, ofSponsor));
        Assert.NotEqual(code, ShortCode.Of(SomePairing.Session, ofSponsor, ofNew));
        Assert.NotEqual(code, ShortCode.Of(SomePairing.Session, ofNew, ofNew));
    }

    /// <summary>What each side shows where the messages of the one go to the other as they are.</summary>
    private (ShortCode? OfNew, ShortCode? OfSponsor) Codes(SessionId ofNew, SessionId ofSponsor, int seed)
    {
        var self = _organisation.Sponsor();
        var token = self.Invite();
        var (join, sponsor) = (new JoinMachine(new SeededRandom(seed)), new SponsorMachine(new SeededRandom(seed + 1)));
        sponsor.Handle(new SponsorInput.Opened(1, SomePairing.Introduced(), ofSponsor), self, Organisation.Now);
        List<JoinEffect> joined = [.. Handle(new JoinInput.Begin(token, SomePairing.NewKey.PublicKey, null, null, null) { IsAttended = true }), .. Handle(new JoinInput.Connected(ofNew))];
        List<SponsorEffect> sponsored = [];
        for (var at = 0; at < joined.Count; at++)
        {
            if (joined[at] is not JoinEffect.Send { Message: var said })
                continue;
            foreach (var effect in sponsor.Handle(new SponsorInput.Heard(1, said), self, Organisation.Now))
            {
                sponsored.Add(effect);
                if (effect is SponsorEffect.Send answer)
                    joined.AddRange(Handle(new JoinInput.Heard(answer.Message)));
            }
        }
        return (joined.OfType<JoinEffect.Compare>().SingleOrDefault()?.Code, sponsored.OfType<SponsorEffect.Compare>().SingleOrDefault()?.Code);

        IReadOnlyList<JoinEffect> Handle(JoinInput input) => join.Handle(input, Organisation.Now, Organisation.Now);
    }
}
