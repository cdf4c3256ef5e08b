using OpenShare.Protocol.Transfer;

namespace OpenShare.Protocol.Tests.Transfer;

/// <summary>Whose frame goes next, of all transfers to one device.</summary>
public sealed class SendTurnsTests
{
    private const long Room = 16_000;
    private const long Frame = 1000;

    private static readonly TransferId A = Id(1), B = Id(2), C = Id(3);

    private readonly SendTurns _turns = new(Room);

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
        Assert.Equal(B, Assert.Single(_turns.Settle(A, Frame + 10)));

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
    public void One_that_is_stuck_holds_up_nobody()
    {
        Fill(A);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(_turns.Ask(B, Frame));
            Assert.True(_turns.Ask(C, Frame));
            _turns.Settle(B, Frame);
            _turns.Settle(C, Frame);
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

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_nobody_waits_for_more_than_a_round_and_all_that_want_get_the_same(int seed)
    {
        var random = new Random(seed);
        var all = Enumerable.Range(1, 10).Select(i => new Transfer(Id((byte)i), random.Next(1, 4) * 500)).ToList();
        for (var step = 0; step < 20_000; step++)
        {
            var one = all[random.Next(all.Count)];
            switch (random.Next(20))
            {
                case 0 when one.UnderWay.Count > 0 && step < 10_000:
                    // It ends in the middle, and another begins in its place.
                    Hear(_turns.Leave(one.Id));
                    all[all.IndexOf(one)] = new Transfer(one.Id, one.Frame);
                    break;
                case < 12 when one.UnderWay.Count > 0:
                    Hear(_turns.Settle(one.Id, one.UnderWay.Dequeue()));
                    break;
                default:
                    Ask(one);
                    break;
            }
            Assert.InRange(all.Sum(t => t.UnderWay.Sum()), 0, Room + (all.Count * 1500));
            if (step == 10_000)
                all.ForEach(t => t.Got = 0);
        }
        Assert.True(all.Max(t => t.Got) - all.Min(t => t.Got) <= Room, string.Join(' ', all.Select(t => t.Got)));
        Assert.True(all.Min(t => t.Got) > 20 * Room);
        Assert.InRange(all.Max(t => t.Waited), 0, (2 * Room) + (all.Count * 1500));

        void Ask(Transfer one)
        {
            if (!_turns.Ask(one.Id, one.Frame))
                return;
            one.UnderWay.Enqueue(one.Frame);
            one.Got += one.Frame;
            (one.Waited, one.Waits) = (Math.Max(one.Waited, one.Waits), 0);
            foreach (var other in all.Where(o => o != one && o.UnderWay.Count == 0))
                other.Waits += one.Frame;
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
    private void Take(TransferId id, ref long got)
    {
        for (var i = 0; i < Room / Frame && _turns.Ask(id, Frame); i++)
            got += Frame;
    }

    private static TransferId Id(byte n) => TransferId.FromBytes([.. Enumerable.Repeat(n, 16)]);

    private sealed class Transfer(TransferId id, long frame)
    {
        internal TransferId Id { get; } = id;

        internal long Frame { get; } = frame;

        internal Queue<long> UnderWay { get; } = [];

        internal long Got { get; set; }

        internal long Waits { get; set; }

        internal long Waited { get; set; }
    }
}
