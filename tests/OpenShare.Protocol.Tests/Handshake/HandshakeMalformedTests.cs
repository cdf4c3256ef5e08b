using Google.Protobuf;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>Somebody at the other end who sends what no honest device does: no keys, no versions, no certificates, too much.</summary>
public sealed class HandshakeMalformedTests : HandshakeAttack
{
    /// <summary>RFC 7748 §6.1: the points of small order, and the same with the ignored top bit set.</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("")]
    [InlineData("09")]
    [InlineData("090000000000000000000000000000000000000000000000000000000000000000")]
    public void An_ephemeral_of_small_order_or_no_key_at_all_is_refused_before_anything_is_proven(string hex)
    {
        var point = ByteString.CopyFrom(Convert.FromHexString(hex));
        var hello = new InitiatorHello { Versions = { 1 }, Ephemeral = point, Nonce = ByteString.CopyFrom(new byte[32]), TrustRootVersion = 1 };
        using var responder = new HandshakeResponder(_b, new SeededRandom(2), Now);
        AssertBroken(responder.Handle(new Opening { Hello = hello }.ToByteArray(), Now));

        var clear = new ResponderHelloClear { Version = 1, Ephemeral = point, Nonce = ByteString.CopyFrom(new byte[32]), TrustRootVersion = 1 };
        AssertBroken(AnswerWith(new ResponderHello { Clear = clear.ToByteString(), Sealed = ByteString.CopyFrom(new byte[100]) }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_nonce_of_another_length_is_refused(int length)
    {
        AssertBroken(Dial(new DishonestDevice(_a) { Nonce = new byte[length] }, stopAtHello: true));
        AssertBroken(Answer(new DishonestDevice(_b) { Nonce = new byte[length] }));
    }

    [Fact]
    public void No_common_version_is_a_hint_to_the_dialling_side_and_ends_both()
    {
        using var responder = new HandshakeResponder(_b, new SeededRandom(2), Now);
        var effects = responder.Handle(new DishonestDevice(_a) { Versions = [2, 3] }.Opening(), Now);
        AssertBroken([effects[^1]]);

        using var initiator = new HandshakeInitiator(_a, null, Authentication.Types.Purpose.Link, new SeededRandom(1));
        initiator.Start(Now);
        var failed = Assert.IsType<HandshakeEffect.Failed>(Assert.Single(initiator.Handle(HandshakePair.Sent([], effects)[0], Now)));
        Assert.Equal(Hint.Types.Code.NoCommonVersion, Assert.IsType<HandshakeFailure.Hinted>(failed.Failure).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void An_answer_in_a_version_that_was_not_offered_is_refused(uint version) =>
        AssertBroken(Answer(new DishonestDevice(_b) { Versions = [version] }));

    [Fact]
    public void A_list_of_versions_with_more_than_ours_settles_on_ours() =>
        Assert.IsType<HandshakeEffect.Established>(Dial(new DishonestDevice(_a) { Versions = [7, 1, 9, 1] })[^1]);

    [Fact]
    public void A_hint_counts_only_before_there_is_a_key()
    {
        var hint = Hints.Frame(Hint.Types.Code.Busy);
        Assert.IsType<HandshakeFailure.Hinted>(new HandshakePair(_a, _b).Run((n, frame) => n == 1 ? hint : frame).InitiatorFailure);
        AssertBroken(new HandshakePair(_a, _b).Run((n, frame) => n == 3 ? hint : frame).InitiatorFailure);
        // And it changes nothing for the next attempt.
        Assert.NotNull(new HandshakePair(_a, _b).Run().InitiatorResult);
    }

    [Fact]
    public void A_refusal_before_the_responder_has_proven_itself_names_nobody()
    {
        using var initiator = new HandshakeInitiator(_a, null, Authentication.Types.Purpose.Link, new SeededRandom(1));
        var opening = HandshakePair.Sent([], initiator.Start(Now))[0];
        var nobody = new DishonestDevice(_insider);
        var answer = ResponderHello.Parser.ParseFrom(nobody.Answer(opening));
        answer.Sealed = ByteString.CopyFrom(nobody.Seal("responder", 0, new HandshakeAuth { Refusal = new Refusal { Code = RefusalCode.Revoked, Detail = "you\u001b[2J" } }.ToByteArray()));
        var failed = Assert.IsType<HandshakeEffect.Failed>(Assert.Single(initiator.Handle(answer.ToByteArray(), Now)));
        var told = Assert.IsType<HandshakeFailure.RefusedByPeer>(failed.Failure);
        Assert.Null(told.By);
        Assert.DoesNotContain('\u001b', told.Detail);
    }

    [Fact]
    public void A_peer_without_a_certificate_or_with_a_broken_one_is_refused()
    {
        var stolenId = CertificatePayload.Parser.ParseFrom(_insider.Certificate.Blob.Payload);
        stolenId.DeviceId = ByteString.CopyFrom(_b.Certificate.DeviceId.ToBytes());
        var forged = SignedBlobs.Sign(new Organisation().Issuing, SignatureContext.Certificate, stolenId);
        foreach (var shown in new[] { null, new Signed(), forged })
        {
            AssertRefused(RefusalCode.BadCertificate, Dial(new DishonestDevice(_insider) { Certificate = shown }));
            AssertRefused(RefusalCode.BadCertificate, Answer(new DishonestDevice(_insider) { Certificate = shown }));
        }
    }

    [Fact]
    public void A_purpose_of_no_meaning_is_refused() =>
        AssertBroken(Dial(new DishonestDevice(_a) { Alter = p => p.Purpose = (Authentication.Types.Purpose)7 }));

    [Fact]
    public void Unknown_fields_are_ignored_outside_the_transcript_and_covered_inside()
    {
        byte[] unknown = RawProto.Number(99, 1);
        Assert.NotNull(new HandshakePair(_a, _b).Run((n, frame) => n == 1 ? [.. frame, .. unknown] : frame).InitiatorResult);
        AssertBroken(new HandshakePair(_a, _b).Run((n, frame) => n == 0 ? [.. frame, .. unknown] : frame).InitiatorFailure);
        AssertBroken(new HandshakePair(_a, _b).Run((n, frame) =>
        {
            if (n != 1)
                return frame;
            var answer = ResponderHello.Parser.ParseFrom(frame);
            answer.Clear = ByteString.CopyFrom([.. answer.Clear, .. unknown]);
            return answer.ToByteArray();
        }).InitiatorFailure);
    }

    [Theory]
    [InlineData(0, Limits.OpeningFrame)]
    [InlineData(1, Limits.HandshakeFrameWithChain)]
    [InlineData(2, Limits.HandshakeFrame)]
    [InlineData(3, Limits.HandshakeFrame)]
    public void A_frame_over_its_limit_is_refused_unread(int number, int limit)
    {
        var pair = new HandshakePair(_a, _b).Run((n, frame) => n == number ? new byte[limit + 1] : frame);
        var failure = number % 2 == 0 ? pair.ResponderFailure : pair.InitiatorFailure;
        Assert.Contains($"the limit is {limit}", Assert.IsType<HandshakeFailure.Broken>(failure).Detail, StringComparison.Ordinal);
    }
}
