using Google.Protobuf;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>Somebody in the middle, or at the other end, who wants to pass for another: with proofs made up, taken from elsewhere, or played again.</summary>
public sealed class HandshakeAttackTests : HandshakeAttack
{
    [Fact]
    public void The_dishonest_device_is_taken_for_honest_while_it_does_not_lie()
    {
        Assert.IsType<HandshakeEffect.Established>(Dial(new DishonestDevice(_a))[^1]);
        Assert.IsType<HandshakeEffect.SendFrame>(Assert.Single(Answer(new DishonestDevice(_b))));
    }

    [Fact]
    public void Somebody_between_with_an_ephemeral_of_their_own_is_refused()
    {
        // Towards each side an own ephemeral; what B proves is opened, and sealed again for A.
        var towardsB = new DishonestDevice(_a);
        using var responder = new HandshakeResponder(_b, new SeededRandom(2), Now);
        var ofB = towardsB.Read(HandshakePair.Sent([], responder.Handle(towardsB.Opening(), Now))[0]);
        var towardsA = new DishonestDevice(_b) { Sign = _ => ofB.Signature.ToByteArray() };
        AssertRefused(RefusalCode.BadSignature, Answer(towardsA));
    }

    [Fact]
    public void An_insider_cannot_open_a_link_in_the_name_of_a_device_that_talks_to_it()
    {
        // A dials the insider in good faith; what A proves there is used towards B.
        using var initiator = new HandshakeInitiator(_a, null, Authentication.Types.Purpose.Link, new SeededRandom(1));
        var towardsA = new DishonestDevice(_insider);
        var answer = towardsA.Answer(HandshakePair.Sent([], initiator.Start(Now))[0]);
        var sealedProof = HandshakePair.Sent([], initiator.Handle(answer, Now))[0];
        var ofA = HandshakeAuth.Parser.ParseFrom(HandshakeReference.Open(towardsA.Values!.SealKey("initiator"), 0, sealedProof)).Authentication;

        AssertRefused(RefusalCode.BadSignature, Dial(new DishonestDevice(_insider) { Certificate = ofA.Certificate, Sign = _ => ofA.Signature.ToByteArray() }));
        AssertRefused(RefusalCode.BadSignature, Dial(new DishonestDevice(_insider) { Sign = _ => ofA.Signature.ToByteArray() }));
    }

    [Fact]
    public void An_insider_cannot_show_anothers_certificate()
    {
        AssertRefused(RefusalCode.BadSignature, Answer(new DishonestDevice(_insider) { Certificate = _b.Certificate.Blob }));
        AssertRefused(RefusalCode.BadSignature, Dial(new DishonestDevice(_insider) { Certificate = _a.Certificate.Blob }));
    }

    [Fact]
    public void A_proof_without_its_mac_or_with_another_is_refused()
    {
        foreach (var alter in new Action<Authentication>[]
        {
            p => p.Mac = ByteString.Empty, p => p.Mac = ByteString.CopyFrom(new byte[32]),
            p => p.Signature = ByteString.Empty, p => p.Signature = ByteString.CopyFrom(new byte[64]), p => p.Signature = ByteString.CopyFrom([.. p.Signature, 0]),
        })
        {
            AssertRefused(RefusalCode.BadSignature, Dial(new DishonestDevice(_a) { Alter = alter }));
            AssertRefused(RefusalCode.BadSignature, Answer(new DishonestDevice(_b) { Alter = alter }));
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void A_signature_in_the_other_role_is_refused(byte signs, byte instead)
    {
        // Context, zero byte, role, transcript: only the role is another.
        byte[] OtherRole(SigningKey key, byte[] bytes)
        {
            var at = "openshare/handshake/v1\0".Length;
            Assert.Equal(signs, bytes[at]);
            bytes[at] = instead;
            return key.Sign(bytes);
        }

        AssertRefused(RefusalCode.BadSignature, signs == 1
            ? Dial(new DishonestDevice(_a) { Sign = bytes => OtherRole((SigningKey)_a.Key, bytes) })
            : Answer(new DishonestDevice(_b) { Sign = bytes => OtherRole((SigningKey)_b.Key, bytes) }));
    }

    [Fact]
    public void A_replayed_hello_and_proof_open_nothing()
    {
        var old = new HandshakePair(_a, _b).Run().Frames;
        using var responder = new HandshakeResponder(_b, new SeededRandom(99), Now);
        Assert.IsType<HandshakeEffect.SendFrame>(Assert.Single(responder.Handle(old[0], Now)));
        AssertBroken(responder.Handle(old[2], Now));

        using var initiator = new HandshakeInitiator(_a, null, Authentication.Types.Purpose.Link, new SeededRandom(98));
        initiator.Start(Now);
        AssertBroken(initiator.Handle(old[1], Now));
    }

    [Fact]
    public void Reflected_messages_are_refused()
    {
        var frames = new HandshakePair(_a, _b).Run().Frames;
        // To the initiator: its own hello as an answer; its own proof as a verdict.
        AssertBroken(new HandshakePair(_a, _b).Run((n, frame) => n == 1 ? frames[0] : frame).InitiatorFailure);
        AssertBroken(new HandshakePair(_a, _b).Run((n, frame) => n == 3 ? frames[2] : frame).InitiatorFailure);
        // To the responder: its own answer as a hello or as a proof, a hello as a proof.
        AssertBroken(new HandshakePair(_a, _b).Run((n, frame) => n == 0 ? frames[1] : frame).ResponderFailure);
        AssertBroken(new HandshakePair(_a, _b).Run((n, frame) => n == 2 ? frames[1] : frame).ResponderFailure);
        AssertBroken(new HandshakePair(_a, _b).Run((n, frame) => n == 2 ? frames[0] : frame).ResponderFailure);
    }

    [Fact]
    public void Two_transport_bindings_do_not_meet()
    {
        var initiator = new HandshakeInitiator(_a, null, Authentication.Types.Purpose.Link, new SeededRandom(1), "seen here"u8);
        using var responder = new HandshakeResponder(_b, new SeededRandom(2), Now, "seen there"u8);
        var opening = HandshakePair.Sent([], initiator.Start(Now))[0];
        AssertBroken(initiator.Handle(HandshakePair.Sent([], responder.Handle(opening, Now))[0], Now));
    }
}
