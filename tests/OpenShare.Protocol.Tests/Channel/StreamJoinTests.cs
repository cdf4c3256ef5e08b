using FsCheck.Xunit;
using Google.Protobuf;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Channel;

public sealed class StreamJoinTests
{
    private readonly SeededRandom _random = new(5);
    private readonly Session _initiator = SomeSession.Of(HandshakeRole.Initiator);
    private readonly Session _responder = SomeSession.Of(HandshakeRole.Responder);

    [Fact]
    public void A_joined_stream_opens_on_both_sides()
    {
        var join = StreamJoin.Request(_initiator, 1, _random);
        var (answer, atResponder) = StreamJoin.Accept(_responder, join, _random);
        using var atInitiator = StreamJoin.Complete(_initiator, join, answer);
        byte[] record = [0, 0, 0, 0, 42, .. new byte[16]];
        atInitiator.Seal(RecordType.Control, record);
        atResponder.Open(record);
        Assert.Equal(42, record[4]);
    }

    [Fact]
    public void A_stream_over_a_transport_with_keys_is_bound_to_them()
    {
        byte[] seen = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
        var join = StreamJoin.Request(_initiator, 1, _random, seen);
        Assert.Throws<ProtocolException>(() => StreamJoin.Accept(_responder, join, _random));
        Assert.Throws<ProtocolException>(() => StreamJoin.Accept(_responder, join, _random, seen.AsSpan(1)));
        var (answer, atResponder) = StreamJoin.Accept(_responder, join, _random, seen);
        Assert.Throws<ProtocolException>(() => StreamJoin.Complete(_initiator, join, answer));
        using var atInitiator = StreamJoin.Complete(_initiator, join, answer, seen);
        byte[] record = [0, 0, 0, 0, 42, .. new byte[16]];
        atInitiator.Seal(RecordType.Control, record);
        atResponder.Open(record);
        Assert.Equal(42, record[4]);
    }

    [Fact]
    public void A_join_of_another_session_is_refused()
    {
        var other = SomeSession.Of(HandshakeRole.Initiator, joinSecret: new byte[32]);
        Assert.Throws<ProtocolException>(() => StreamJoin.Accept(_responder, StreamJoin.Request(other, 1, _random), _random));
        var otherId = SomeSession.Of(HandshakeRole.Initiator, id: new byte[16]);
        Assert.Throws<ProtocolException>(() => StreamJoin.Accept(_responder, StreamJoin.Request(otherId, 1, _random), _random));
    }

    [Fact]
    public void A_join_with_any_field_changed_is_refused_and_uses_up_no_stream_id()
    {
        var join = StreamJoin.Request(_initiator, 1, _random);
        foreach (var change in new Action<Join>[]
        {
            j => j.StreamId = 2, j => j.Nonce = Flip(j.Nonce), j => j.Mac = Flip(j.Mac), j => j.Mac = ByteString.Empty,
            j => j.Nonce = ByteString.Empty, j => j.Nonce = ByteString.CopyFrom([.. j.Nonce, 0]),
        })
        {
            var changed = join.Clone();
            change(changed);
            Assert.Throws<ProtocolException>(() => StreamJoin.Accept(_responder, changed, _random));
        }
        StreamJoin.Accept(_responder, join, _random);
        StreamJoin.Accept(_responder, StreamJoin.Request(_initiator, 2, _random), _random);
    }

    [Fact]
    public void A_stream_id_is_accepted_once_in_a_session()
    {
        var join = StreamJoin.Request(_initiator, 7, _random);
        StreamJoin.Accept(_responder, join, _random);
        Assert.Throws<ProtocolException>(() => StreamJoin.Accept(_responder, join, _random));
        Assert.Throws<ProtocolException>(() => StreamJoin.Accept(_responder, StreamJoin.Request(_initiator, 7, _random), _random));
    }

    [Fact]
    public void Of_joins_with_one_id_that_race_one_is_accepted()
    {
        var joins = Enumerable.Range(0, 32).Select(_ => StreamJoin.Request(_initiator, 7, _random)).ToList();
        var accepted = 0;
        Parallel.ForEach(joins, (join, _, number) =>
        {
            try
            {
                StreamJoin.Accept(_responder, join, new SeededRandom((int)number));
                Interlocked.Increment(ref accepted);
            }
            catch (ProtocolException)
            {
                // It came after another.
            }
        });
        Assert.Equal(1, accepted);
    }

    [Fact]
    public void A_session_takes_so_many_streams_and_no_more()
    {
        var taken = new StreamIds();
        for (uint id = 1; id <= Session.MostStreams; id++)
            Assert.True(taken.Take(id));
        Assert.False(taken.Take(Session.MostStreams + 1));
    }

    [Fact]
    public void The_initiators_own_join_led_back_to_it_is_refused() =>
        Assert.Throws<ProtocolException>(() => StreamJoin.Accept(_initiator, StreamJoin.Request(_initiator, 1, _random), _random));

    [Fact]
    public void Only_the_side_that_dialled_may_ask() =>
        Assert.Throws<InvalidOperationException>(() => StreamJoin.Request(_responder, 1, _random));

    [Fact]
    public void An_answer_that_is_altered_or_replayed_from_another_join_is_refused()
    {
        var first = StreamJoin.Request(_initiator, 1, _random);
        var (old, _) = StreamJoin.Accept(_responder, first, _random);
        var second = StreamJoin.Request(_initiator, 2, _random);
        var (answer, _) = StreamJoin.Accept(_responder, second, _random);

        Refused(old);
        Refused(new JoinAnswer { Nonce = Flip(answer.Nonce), Mac = answer.Mac });
        Refused(new JoinAnswer { Nonce = answer.Nonce, Mac = Flip(answer.Mac) });
        // The request's own nonce and MAC, reflected.
        Refused(new JoinAnswer { Nonce = second.Nonce, Mac = second.Mac });
        Refused(new JoinAnswer());
        Refused(new JoinAnswer { Hint = new Hint { Code = Hint.Types.Code.UnknownSession } });

        void Refused(JoinAnswer wrong) => Assert.Throws<ProtocolException>(() => StreamJoin.Complete(_initiator, second, wrong));
    }

    [Fact]
    public void Two_streams_and_the_control_stream_never_share_a_key()
    {
        var firsts = new List<string> { First(_initiator.OpenControlChannel()) };
        for (uint id = 1; id <= 20; id++)
        {
            var join = StreamJoin.Request(_initiator, id, _random);
            var (answer, channel) = StreamJoin.Accept(_responder, join, _random);
            firsts.Add(First(channel));
            firsts.Add(First(StreamJoin.Complete(_initiator, join, answer)));
        }
        Assert.Equal(firsts.Count, firsts.Distinct().Count());

        static string First(SecureChannel channel)
        {
            var record = new byte[RecordHeader.Overhead + 32];
            channel.Seal(RecordType.Control, record);
            return Convert.ToHexString(record);
        }
    }

    [Property(MaxTest = 200)]
    public void A_stream_id_is_never_taken_twice_whatever_comes_between(uint[] ids)
    {
        var taken = new StreamIds();
        var accepted = ids.Concat(ids.Select(id => id % 3000)).Concat(ids).Where(taken.Take).ToList();
        Assert.Equal(accepted.Count, accepted.Distinct().Count());
        Assert.DoesNotContain(0u, accepted);
    }

    [Fact]
    public void Stream_ids_that_come_nearly_in_order_are_all_taken()
    {
        var taken = new StreamIds();
        for (uint id = 1; id < 5 * StreamIds.Window; id += 8)
            Assert.All(new uint[] { 3, 0, 7, 1, 2, 6, 5, 4 }, step => Assert.True(taken.Take(id + step)));
        Assert.True(taken.Take(uint.MaxValue));
        Assert.False(taken.Take(uint.MaxValue));
        Assert.False(taken.Take(uint.MaxValue - StreamIds.Window));
        Assert.True(taken.Take(uint.MaxValue - StreamIds.Window + 1));
    }

    private static ByteString Flip(ByteString bytes) => ByteString.CopyFrom([.. bytes.Take(bytes.Length - 1), (byte)(bytes[^1] ^ 1)]);
}
