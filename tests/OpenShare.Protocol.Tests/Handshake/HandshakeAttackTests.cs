using FsCheck.Xunit;
using Google.Protobuf;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>Somebody in the middle, or at the other end, who knows the specification and keeps to none of it.</summary>
public sealed class HandshakeAttackTests
{
    private static readonly DateTimeOffset Now = Organisation.Now;
    private readonly HandshakeParty _a, _b, _insider;

    public HandshakeAttackTests()
    {
        var organisation = new Organisation();
        (_a, _b, _insider) = (organisation.Device(10), organisation.Device(11), organisation.Device(12));
    }

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

    [Property(MaxTest = 300)]
    public void Any_bytes_at_any_point_end_a_handshake_and_throw_nothing(byte[] bytes, int number) =>
        AssertSafe(number & 3, _ => bytes);

    [Property(MaxTest = 500)]
    public void Frames_cut_stretched_and_spliced_end_a_handshake_and_throw_nothing(int seed, int number) =>
        AssertSafe(number & 3, frame =>
        {
            var random = new SeededRandom(seed);
            var (from, to) = (random.Below(frame.Length), random.Below(frame.Length));
            return [.. frame[..from], .. random.Bytes(random.Below(8)), .. frame[to..]];
        });

    /// <summary>Sealed by a peer that holds the key, so that what is inside reaches the parsers.</summary>
    [Property(MaxTest = 300)]
    public void Any_bytes_sealed_as_a_proof_or_an_answer_end_a_handshake_and_throw_nothing(byte[] bytes)
    {
        var dialler = new DishonestDevice(_a);
        using var responder = new HandshakeResponder(_b, new SeededRandom(2), Now);
        dialler.Read(HandshakePair.Sent([], responder.Handle(dialler.Opening(), Now))[0]);
        Assert.IsType<HandshakeEffect.Failed>(responder.Handle(dialler.Seal("initiator", 0, bytes), Now)[^1]);

        using var initiator = new HandshakeInitiator(_a, null, Authentication.Types.Purpose.Link, new SeededRandom(1));
        var answering = new DishonestDevice(_b);
        var answer = ResponderHello.Parser.ParseFrom(answering.Answer(HandshakePair.Sent([], initiator.Start(Now))[0]));
        answer.Sealed = ByteString.CopyFrom(answering.Seal("responder", 0, bytes));
        Assert.IsType<HandshakeEffect.Failed>(initiator.Handle(answer.ToByteArray(), Now)[^1]);
    }

    private void AssertSafe(int number, Func<byte[], byte[]> change)
    {
        var intact = true;
        var pair = new HandshakePair(_a, _b).Run((n, frame) =>
        {
            if (n != number)
                return frame;
            var changed = change(frame);
            intact = changed.AsSpan().SequenceEqual(frame);
            return changed;
        });
        if (intact)
            return;
        Assert.Null(pair.InitiatorResult);
        if (number < 3)
            Assert.Null(pair.ResponderResult);
    }

    private IReadOnlyList<HandshakeEffect> Dial(DishonestDevice dialler, bool stopAtHello = false)
    {
        using var responder = new HandshakeResponder(_b, new SeededRandom(2), Now);
        var effects = responder.Handle(dialler.Opening(), Now);
        if (stopAtHello)
            return effects;
        dialler.Read(HandshakePair.Sent([], effects)[0]);
        return responder.Handle(dialler.Proof(), Now);
    }

    private IReadOnlyList<HandshakeEffect> Answer(DishonestDevice answering)
    {
        using var initiator = new HandshakeInitiator(_a, null, Authentication.Types.Purpose.Link, new SeededRandom(1));
        return initiator.Handle(answering.Answer(HandshakePair.Sent([], initiator.Start(Now))[0]), Now);
    }

    private IReadOnlyList<HandshakeEffect> AnswerWith(ResponderHello answer)
    {
        using var initiator = new HandshakeInitiator(_a, null, Authentication.Types.Purpose.Link, new SeededRandom(1));
        initiator.Start(Now);
        return initiator.Handle(answer.ToByteArray(), Now);
    }

    private static void AssertRefused(RefusalCode code, IReadOnlyList<HandshakeEffect> effects)
    {
        Assert.DoesNotContain(effects, effect => effect is HandshakeEffect.Established);
        Assert.Equal(code, Assert.IsType<HandshakeFailure.Refused>(Assert.IsType<HandshakeEffect.Failed>(effects[^1]).Failure).Code);
    }

    private static void AssertBroken(IReadOnlyList<HandshakeEffect> effects) => AssertBroken(Assert.IsType<HandshakeEffect.Failed>(Assert.Single(effects)).Failure);

    private static void AssertBroken(HandshakeFailure? failure) => Assert.IsType<HandshakeFailure.Broken>(failure);
}
