using Google.Protobuf;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Pairing;

/// <summary>Whoever says what he likes, in whatever order, to either side.</summary>
public sealed class PairingOrderTests
{
    private readonly Organisation _organisation = new();

    [Fact]
    public void A_sponsor_gives_nothing_before_the_code_was_shown_nor_by_announcement_before_its_person_said_yes()
    {
        var (self, dice) = (_organisation.Sponsor(), new Random(1));
        var spent = 0;
        for (var run = 0; run < 2000; run++)
        {
            var token = self.Invite(byAnnouncement: run % 2 == 0);
            var machine = new SponsorMachine(new SeededRandom(run));
            machine.Handle(SomePairing.Opened(1, token), self, Organisation.Now);
            var (isShown, hasYes, next) = (false, false, 0);
            for (var step = 0; step < 12; step++)
            {
                // Mostly what comes next, or nothing would ever come through.
                var input = dice.Next(4) > 0 && next < 4 ? InOrder(token, next++) : Said(token, dice);
                // A yes counts once there is something to compare.
                hasYes |= isShown && input is SponsorInput.Compared { IsSame: true };
                foreach (var effect in machine.Handle(input, self, Organisation.Now))
                {
                    Assert.IsNotType<SponsorEffect.Paired>(effect);
                    isShown |= effect is SponsorEffect.Compare;
                    if (effect is not SponsorEffect.Spend)
                        continue;
                    spent++;
                    Assert.True(isShown && (hasYes || !token.IsByAnnouncement));
                }
            }
        }
        Assert.True(spent > 50, "some came through in the right order");
    }

    [Fact]
    public void A_new_device_takes_nothing_before_its_person_said_yes()
    {
        var (sponsor, dice) = (_organisation.Sponsor(), new Random(2));
        var token = sponsor.Invite();
        var asked = 0;
        for (var run = 0; run < 2000; run++)
        {
            var machine = new JoinMachine(new SeededRandom(run));
            Handle(new JoinInput.Begin(token, SomePairing.NewKey.PublicKey, null, null, null) { IsAttended = true });
            var (isShown, hasYes) = (false, false);
            for (var step = 0; step < 12; step++)
            {
                var input = Answered(token, dice);
                hasYes |= isShown && input is JoinInput.Compared { IsSame: true };
                foreach (var effect in Handle(input))
                {
                    isShown |= effect is JoinEffect.Compare;
                    if (effect is JoinEffect.Send { Message.PairingRequest: not null })
                        asked++;
                    Assert.True(hasYes || effect is not (JoinEffect.Store or JoinEffect.Send { Message.PairingRequest: not null }));
                }
            }

            IReadOnlyList<JoinEffect> Handle(JoinInput input) => machine.Handle(input, Organisation.Now, Organisation.Now);
        }
        Assert.True(asked > 50, "some came as far as that");
    }

    private static SponsorInput InOrder(PairingToken token, int at) => at switch
    {
        0 => new SponsorInput.Heard(1, token.Greeting()),
        1 => new SponsorInput.Heard(1, SomePairing.Revealed),
        2 => new SponsorInput.Compared(1, IsSame: true),
        _ => new SponsorInput.Heard(1, token.Request()),
    };

    private static SponsorInput Said(PairingToken token, Random dice) => dice.Next(9) switch
    {
        0 or 1 => new SponsorInput.Heard(1, token.Greeting()),
        2 or 3 => new SponsorInput.Heard(1, SomePairing.Revealed),
        4 or 5 => new SponsorInput.Heard(1, token.Request()),
        6 => new SponsorInput.Compared(1, dice.Next(4) > 0),
        7 => new SponsorInput.Heard(1, new Control { Ping = new Ping() }),
        _ => new SponsorInput.Heard(1, new Control { PairingGreeting = new PairingGreeting { Token = token.Blob, Commitment = ByteString.CopyFrom(new byte[dice.Next(40)]) } }),
    };

    private JoinInput Answered(PairingToken token, Random dice) => dice.Next(7) switch
    {
        0 => new JoinInput.Connected(SomePairing.Session),
        1 or 2 => new JoinInput.Heard(SomePairing.Numbered(dice.Next(8) == 0 ? dice.Next(40) : ShortCode.NumberSize)),
        3 or 4 => new JoinInput.Compared(dice.Next(4) > 0),
        5 => new JoinInput.Heard(new Control { PairingAnswer = new PairingAnswer { Grant = new PairingGrant { Certificate = _organisation.Sponsor().Provisional().Blob } } }),
        _ => new JoinInput.Heard(token.Request()),
    };
}
