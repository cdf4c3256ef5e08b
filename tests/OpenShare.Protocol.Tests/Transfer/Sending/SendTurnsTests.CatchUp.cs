using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Sending;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

/// <summary>One transfer of four gets next to nothing of the line that they share.</summary>
public sealed partial class SendTurnsTests
{
    private static readonly TimeSpan s_tick = SendTurns.Patience / 40;

    private const int FramesEachTick = 4;

    private readonly Dictionary<TransferId, long> _underWay = s_four.ToDictionary(id => id, _ => 0L);
    private readonly Dictionary<TransferId, long> _got = s_four.ToDictionary(id => id, _ => 0L);

    [Fact]
    public void One_that_gets_next_to_nothing_beside_the_others_catches_up_while_they_wait()
    {
        for (var tick = 0; tick < 4000; tick++)
            Pass(tick, isServed: tick % 50 == 0 || s_four[1..].All(id => _underWay[id] == 0));

        Assert.True(_got[A] >= 0.9 * _got[B], Got());
        // And the line is busy all the same.
        Assert.True(_got.Values.Sum() >= 4000 * FramesEachTick * Frame * 0.8, Got());
    }

    [Fact]
    public void The_line_is_not_left_idle_for_one_that_is_slow_by_itself()
    {
        for (var tick = 0; tick < 4000; tick++)
            Pass(tick, isServed: tick % 30 == 0);

        Assert.True(_got.Values.Sum() >= 4000 * FramesEachTick * Frame * 0.88, Got());
    }

    [Fact]
    public void Nor_for_one_that_has_half_of_what_the_others_could()
    {
        for (var tick = 0; tick < 4000; tick++)
            Pass(tick, isServed: tick % 2 == 0, most: 1);

        Assert.True(_got.Values.Sum() >= 4000 * FramesEachTick * Frame * 0.88, Got());
    }

    [Fact]
    public void One_that_is_stuck_holds_up_nobody_for_long()
    {
        for (var tick = 0; tick < 4000; tick++)
            Pass(tick, isServed: false);

        Assert.True(_got.Values.Sum() >= 4000 * FramesEachTick * Frame * 0.88, Got());
    }

    [Fact]
    public void Who_was_waited_for_in_vain_is_waited_for_anew_on_another_link()
    {
        for (var tick = 0; tick < 400; tick++)
            Pass(tick, isServed: tick % 30 == 0);
        var before = _got[A];
        foreach (var id in s_four)
        {
            _turns.Lose(id, _underWay[id]);
            _underWay[id] = 0;
        }

        for (var tick = 0; tick < 400; tick++)
            Pass(tick, isServed: tick % 50 == 0 || s_four[1..].All(id => _underWay[id] == 0));

        Assert.True(_got[A] - before >= 400 * FramesEachTick * Frame / 8, Got());
    }

    // All always want more, with as much as the room under way for each; the line carries so many frames, and of A only where it is served.
    private void Pass(int tick, bool isServed, int most = FramesEachTick)
    {
        _turns.Pass(s_tick);
        foreach (var id in s_four)
        {
            while (_underWay[id] < Room && _turns.Ask(id, Frame))
                _underWay[id] += Frame;
        }
        var carried = 0;
        for (var i = 0; i < s_four.Length * FramesEachTick && carried < FramesEachTick; i++)
        {
            var id = s_four[(tick + i) % s_four.Length];
            if (_underWay[id] == 0 || (id == A && (!isServed || --most < 0)))
                continue;
            carried++;
            _underWay[id] -= Frame;
            _got[id] += Frame;
            foreach (var next in _turns.Settle(id, Frame))
            {
                Assert.True(_turns.Ask(next, Frame));
                _underWay[next] += Frame;
            }
        }
    }

    private string Got() => string.Join(' ', s_four.Select(id => _got[id]));
}
