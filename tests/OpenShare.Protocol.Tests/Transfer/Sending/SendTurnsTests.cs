using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Sending;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

/// <summary>Whose frame goes next, of all transfers to one device.</summary>
public sealed class SendTurnsTests
{
    private const long Room = 16_000;
    private const long Frame = 1000;

    private static readonly TransferId A = Id(1), B = Id(2), C = Id(3);

    private readonly Clocked _turns = new();

    [Fact]
    public void One_alone_is_not_held_up()
    {
        for (var i = 0; i < 64; i++)
            Assert.True(_turns.Ask(A, Frame));
        Assert.Empty(_turns.Settle(A, Frame));
        Assert.Empty(_turns.GiveUp(A));
    }

    [Fact]
    public void One_that_comes_beside_another_goes_at_once_and_is_next_until_it_has_caught_up()
    {
        Fill(A);
        Assert.True(_turns.Ask(B, 10));
        Assert.False(_turns.Ask(A, Frame));
        Assert.False(_turns.Ask(B, Frame));
        // B has had 10 bytes, A all the rest.
        Assert.Equal(B, Assert.Single(_turns.Settle(A, 2 * Frame)));
    }

    [Fact]
    public void Who_comes_to_others_that_have_had_much_is_given_no_more_than_they_from_then_on()
    {
        (long A, long B) got = (0, 0);
        for (var i = 0; i < 1000; i++)
            _turns.Settle(A, _turns.Ask(A, Frame) ? Frame : 0);
        Fill(A);
        for (var i = 0; i < 200; i++)
        {
            // Both always want more, and what is under way longest is acknowledged.
            Take(A, ref got.A);
            Take(B, ref got.B);
            _turns.Settle(i % 2 == 0 ? A : B, Frame);
        }
        Assert.InRange(got.B - got.A, 0, 2 * Room);
    }

    [Fact]
    public void A_turn_that_is_not_used_is_the_next_ones()
    {
        Fill(A);
        Wait(B);
        Wait(C);
        Assert.False(_turns.Ask(A, Frame));
        Assert.Equal(B, Assert.Single(_turns.Settle(A, Frame + 20)));

        Assert.Equal(C, Assert.Single(_turns.GiveUp(B)));
        Assert.True(_turns.Ask(C, Frame));
    }

    [Fact]
    public void The_turn_of_one_that_ends_in_the_middle_is_not_lost()
    {
        Fill(A);
        Wait(B);
        Wait(C);

        // All that A had under way is room for the others.
        Assert.Equal([B, C], _turns.Leave(A));
        Assert.True(_turns.Ask(B, Frame));
        Assert.Empty(_turns.Leave(B));
        Assert.True(_turns.Ask(C, Frame));
        Assert.Empty(_turns.Leave(C));
        Assert.True(_turns.IsEmpty);
    }

    [Fact]
    public void What_was_under_way_before_it_left_is_settled_once()
    {
        Fill(A);
        _turns.Leave(A);
        Assert.True(_turns.Ask(A, Frame));
        _turns.Settle(A, Room);
        _turns.Settle(A, Room);
        Fill(B);
        Wait(A);
        Assert.False(_turns.Ask(B, Frame));
    }

    [Fact]
    public void Some_that_are_stuck_with_all_the_room_and_want_more_hold_up_nobody()
    {
        for (var i = 0; i < Room / Frame; i++)
            Assert.True(_turns.Ask(i % 2 == 0 ? A : B, Frame));
        Assert.False(_turns.Ask(A, Frame));
        Assert.False(_turns.Ask(B, Frame));
        for (var i = 0; i <= Room / 2 / Frame; i++)
            _turns.Settle(C, _turns.Ask(C, Frame) ? Frame : 0);

        // It has had more than they, and they may be about to be heard of.
        Assert.False(_turns.Ask(C, Frame));
        _turns.Pass(SendTurns.Patience);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(_turns.Ask(C, Frame));
            Assert.Empty(_turns.Settle(C, Frame));
        }
        // One of them is heard of again, and wants more.
        Assert.Equal(A, Assert.Single(_turns.Settle(A, Frame)));
        Assert.True(_turns.Ask(A, Frame));
        Assert.False(_turns.Ask(A, Frame));
        Assert.False(_turns.Ask(C, Frame));
    }

    [Fact]
    public void Who_lost_its_streams_comes_back_where_it_was()
    {
        (long A, long B) got = (0, 0);
        const int Ahead = 6;
        Assert.True(_turns.Ask(A, Frame));
        Assert.True(_turns.Ask(B, Frame));
        for (var i = 0; i < Ahead; i++)
        {
            _turns.Settle(A, Frame);
            Assert.True(_turns.Ask(A, Frame));
        }
        // The link is lost. A is the first to come back.
        _turns.Lose(A, Frame);
        _turns.Lose(B, Frame);
        for (var i = 0; i < 100; i++)
        {
            Take(A, ref got.A, Room / 2);
            Take(B, ref got.B);
            _turns.Settle(i % 2 == 0 ? A : B, Frame);
        }
        Assert.InRange(got.B - got.A, (Ahead - 1) * Frame, (Ahead + 1) * Frame);
    }

    [Fact]
    public void One_that_is_answered_at_once_does_not_take_what_slower_ones_wait_for()
    {
        var got = new Dictionary<TransferId, long> { [A] = 0, [B] = 0, [C] = 0 };
        for (var i = 0; i < 1000; i++)
        {
            _turns.Pass(SendTurns.Patience / 10);
            Ask(A);
            Ask(B);
            for (var n = 0; n < 100 && _turns.Ask(C, Frame); n++)
            {
                got[C] += Frame;
                _turns.Settle(C, Frame);
            }
            // One of the slow ones is answered.
            _turns.Settle(i % 2 == 0 ? A : B, Frame);
        }
        Assert.InRange(got[C], 200 * Frame, got.Values.Min() + Room);

        void Ask(TransferId id)
        {
            for (var n = 0; n < Room / Frame && _turns.Ask(id, Frame); n++)
                got[id] += Frame;
        }
    }

    [Fact]
    public void A_slow_one_that_asks_now_and_then_has_saved_up_nothing()
    {
        var got = new long[2];
        for (var i = 0; i < 1000; i++)
        {
            Take(A, ref got[0]);
            Take(B, ref got[1]);
            if (i % 100 == 0)
                _turns.Settle(C, _turns.Ask(C, Frame) ? Frame : 0);
            _turns.GiveUp(C);
            _turns.Settle(i % 2 == 0 ? A : B, Frame);
        }
        Assert.InRange(Math.Abs(got[0] - got[1]), 0, 2 * Frame);
    }

    [Fact]
    public void While_nobody_asks_the_time_is_not_what_a_wait_may_cost()
    {
        // B has all under way that it may, and A is far ahead of it.
        for (var i = 0; i < Room / 2 / Frame; i++)
            Assert.True(_turns.Ask(B, Frame));
        Assert.True(_turns.Ask(A, Frame));
        var frames = 0;
        for (; frames < 100 && _turns.Ask(A, Frame); frames++)
            _turns.Settle(A, Frame);
        Assert.InRange(frames, 1, 99);
        _turns.GiveUp(A);
        Trickle();
        Assert.False(_turns.Ask(A, Frame));

        // Now it is A that waits, and that may cost no more than so much.
        Trickle();
        Assert.True(_turns.Ask(A, Frame));

        // The line is there, and B as slow as before.
        void Trickle()
        {
            for (var time = TimeSpan.Zero; time < 3 * SendTurns.Patience; time += SendTurns.Patience / 4)
            {
                _turns.Pass(SendTurns.Patience / 4);
                _turns.Settle(B, 1);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happened_nobody_waits_for_more_than_a_round_and_all_that_want_get_the_same(int seed)
    {
        var random = new Random(seed);
        // The link that they share delivers in the order in which frames went out.
        var link = new Queue<Transfer>();
        var all = Enumerable.Range(1, 10).Select(i => new Transfer(Id((byte)i), random.Next(1, 4) * 500)).ToList();
        for (var step = 0; step < 40_000; step++)
        {
            var one = all[random.Next(all.Count)];
            if (step < 20_000 && random.Next(50) == 0)
            {
                // It ends in the middle, and another begins in its place.
                Hear(_turns.Leave(one.Id));
                all[all.IndexOf(one)] = new Transfer(one.Id, one.Frame);
            }
            else if (random.Next(2) == 0)
            {
                Ask(one);
            }
            else if (link.TryDequeue(out var delivered) && all.Contains(delivered))
            {
                delivered.UnderWay -= delivered.Frame;
                Hear(_turns.Settle(delivered.Id, delivered.Frame));
            }
            Assert.InRange(all.Sum(t => t.UnderWay), 0, Room + (all.Count * 1500));
            // Those that came last have caught up by then.
            if (step == 24_000)
                all.ForEach(t => t.Got = t.Waited = t.WaitedLongest = 0);
        }
        Assert.True(all.Max(t => t.Got) - all.Min(t => t.Got) <= Room, string.Join(' ', all.Select(t => t.Got)));
        Assert.True(all.Min(t => t.Got) > 10 * Room, string.Join(' ', all.Select(t => t.Got)));
        // In a round each other one has as much as the largest frame, and one frame of its own that began before that.
        Assert.InRange(all.Max(t => t.WaitedLongest), 1, 2 * all.Count * 1500);

        void Ask(Transfer one)
        {
            // It always wants more.
            while (!(one.Waits = !_turns.Ask(one.Id, one.Frame)))
            {
                link.Enqueue(one);
                one.UnderWay += one.Frame;
                one.Got += one.Frame;
                one.Waited = 0;
                foreach (var other in all.Where(o => o.Waits))
                    other.WaitedLongest = Math.Max(other.WaitedLongest, other.Waited += one.Frame);
                if (one.UnderWay >= Room)
                    return;
            }
        }

        void Hear(IReadOnlyList<TransferId> turns)
        {
            foreach (var turn in turns)
                Ask(all.Single(t => t.Id == turn));
        }
    }

    private void Fill(TransferId id)
    {
        for (var i = 0; i < Room / Frame; i++)
            Assert.True(_turns.Ask(id, Frame));
    }

    // It has something under way, and wants more.
    private void Wait(TransferId id)
    {
        Assert.True(_turns.Ask(id, 10));
        Assert.False(_turns.Ask(id, Frame));
    }

    // As much as it may, and no more than a window.
    private void Take(TransferId id, ref long got, long window = Room)
    {
        for (var i = 0; i < window / Frame && _turns.Ask(id, Frame); i++)
            got += Frame;
    }

    private static TransferId Id(byte n) => TransferId.FromBytes([.. Enumerable.Repeat(n, 16)]);

    /// <summary>What is tried, with its own time.</summary>
    private sealed class Clocked
    {
        private readonly SendTurns _turns = new(Room);
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        internal bool IsEmpty => _turns.IsEmpty;

        internal void Pass(TimeSpan time) => _now += time;

        internal bool Ask(TransferId id, long bytes) => _turns.Ask(id, bytes, _now);

        internal IReadOnlyList<TransferId> GiveUp(TransferId id) => _turns.GiveUp(id, _now);

        internal IReadOnlyList<TransferId> Settle(TransferId id, long bytes) => _turns.Settle(id, bytes, _now);

        internal IReadOnlyList<TransferId> Lose(TransferId id, long bytes) => _turns.Lose(id, bytes, _now);

        internal IReadOnlyList<TransferId> Leave(TransferId id) => _turns.Leave(id, _now);
    }

    private sealed class Transfer(TransferId id, long frame)
    {
        internal TransferId Id { get; } = id;

        internal long Frame { get; } = frame;

        internal long UnderWay { get; set; }

        internal long Got { get; set; }

        internal bool Waits { get; set; }

        /// <summary>Bytes that others had while it waits.</summary>
        internal long Waited { get; set; }

        internal long WaitedLongest { get; set; }
    }
}
