using FsCheck.Xunit;
using Google.Protobuf;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>Any bytes, at any point, sealed and unsealed.</summary>
public sealed class HandshakeFuzzTests : HandshakeAttack
{
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
}
