using Google.Protobuf;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>Two honest devices and an insider, for those who know the specification and keep to none of it.</summary>
public abstract class HandshakeAttack
{
    private protected static readonly DateTimeOffset Now = Organisation.Now;
    private protected readonly HandshakeParty _a, _b, _insider;

    protected HandshakeAttack()
    {
        var organisation = new Organisation();
        (_a, _b, _insider) = (organisation.Device(10), organisation.Device(11), organisation.Device(12));
    }

    private protected IReadOnlyList<HandshakeEffect> Dial(DishonestDevice dialler, bool stopAtHello = false)
    {
        using var responder = new HandshakeResponder(_b, new SeededRandom(2), Now);
        var effects = responder.Handle(dialler.Opening(), Now);
        if (stopAtHello)
            return effects;
        dialler.Read(HandshakePair.Sent([], effects)[0]);
        return responder.Handle(dialler.Proof(), Now);
    }

    private protected IReadOnlyList<HandshakeEffect> Answer(DishonestDevice answering)
    {
        using var initiator = new HandshakeInitiator(_a, null, Authentication.Types.Purpose.Link, new SeededRandom(1));
        return initiator.Handle(answering.Answer(HandshakePair.Sent([], initiator.Start(Now))[0]), Now);
    }

    private protected IReadOnlyList<HandshakeEffect> AnswerWith(ResponderHello answer)
    {
        using var initiator = new HandshakeInitiator(_a, null, Authentication.Types.Purpose.Link, new SeededRandom(1));
        initiator.Start(Now);
        return initiator.Handle(answer.ToByteArray(), Now);
    }

    private protected static void AssertRefused(RefusalCode code, IReadOnlyList<HandshakeEffect> effects)
    {
        Assert.DoesNotContain(effects, effect => effect is HandshakeEffect.Established);
        Assert.Equal(code, Assert.IsType<HandshakeFailure.Refused>(Assert.IsType<HandshakeEffect.Failed>(effects[^1]).Failure).Code);
    }

    private protected static void AssertBroken(IReadOnlyList<HandshakeEffect> effects) => AssertBroken(Assert.IsType<HandshakeEffect.Failed>(Assert.Single(effects)).Failure);

    private protected static void AssertBroken(HandshakeFailure? failure) => Assert.IsType<HandshakeFailure.Broken>(failure);
}
