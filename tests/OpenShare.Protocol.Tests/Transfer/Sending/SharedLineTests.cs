using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Sending;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

/// <summary>Transfers that take turns on one line, each with a window of its own, as <see cref="SenderMachine"/> asks; and one of them is odd.</summary>
public sealed class SharedLineTests
{
    private const long Frame = 1024 * 1024, Window = 16 * Frame;
    private const double Tick = 0.001;

    // MB/s of the line, and how many transfers.
    public static TheoryData<double, int> Lines => new() { { 2, 4 }, { 25, 2 }, { 25, 4 }, { 25, 10 }, { 100, 2 }, { 100, 10 }, { 1000, 2 }, { 1000, 10 }, { 1000, 40 } };

    [Theory]
    [InlineData(2, 4)]
    [InlineData(25, 4)]
    [InlineData(25, 10)]
    [InlineData(100, 10)]
    [InlineData(1000, 10)]
    public void One_that_gets_next_to_nothing_beside_the_others_catches_up_while_they_wait(double rate, int many)
    {
        var line = new Line(rate, many);
        for (var time = 0.0; time < line.Seconds; time += Tick)
            line.Pass(odd: line.IsOddAlone ? rate : rate / many / 50);

        Assert.True(line.Odd >= 0.8 * line.Others.Average(), $"{line}");
        Assert.True(line.Got >= 0.85 * line.Full, $"{line}");
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void One_that_is_stuck_costs_the_others_little_of_the_line(double rate, int many)
    {
        var line = new Line(rate, many);
        for (var time = 0.0; time < line.Seconds; time += Tick)
            line.Pass(odd: 0);

        Assert.True(line.Got >= 0.85 * line.Full, $"{line}");
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void So_does_one_that_is_slow_by_itself(double rate, int many)
    {
        foreach (var share in (double[])[0.02, 0.1, 0.3, 0.6, 0.9])
        {
            var line = new Line(rate, many);
            for (var time = 0.0; time < line.Seconds; time += Tick)
                line.Pass(odd: rate / many * share);

            Assert.True(line.Got >= 0.85 * line.Full, $"{share} of its share: {line}");
        }
    }

    [Fact]
    public void Nor_does_it_count_that_the_line_was_gone()
    {
        var line = new Line(25, 10);
        for (var time = 0.0; time < line.Seconds; time += Tick)
        {
            if (time % 15 < 10)
                line.Pass(odd: line.IsOddAlone ? 25 : 0.1);
            else
                line.Rest();
        }

        Assert.True(line.Odd >= 0.7 * line.Others.Average(), $"{line}");
    }

    [Fact]
    public void A_small_one_that_comes_goes_at_once_whoever_waits_for_whom()
    {
        var line = new Line(25, 10);
        for (var tick = 0; tick * Tick < line.Seconds; tick++)
        {
            line.Pass(odd: 0);
            if (tick % 700 == 0)
                Assert.True(line.SendsSmall(), $"{tick * Tick}");
        }
    }

    /// <summary>Carries frames in order for each, so many bytes a second for all together.</summary>
    private sealed class Line
    {
        private static readonly TransferId s_small = Id(255);

        private readonly SendTurns _turns = new(SendTurns.DefaultRoom);
        private readonly double _rate;
        private readonly List<Transfer> _all;
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
        private int _first;

        internal Line(double rate, int many) => (_rate, _all) = (rate * 1e6, [.. Enumerable.Range(1, many).Select(i => new Transfer(Id((byte)i)))]);

        /// <summary>A minute, and more where nothing much happens in one.</summary>
        internal double Seconds => Math.Max(60, 2000e6 / _rate);

        internal double Odd => _all[0].Got;

        internal IEnumerable<double> Others => _all.Skip(1).Select(t => t.Got);

        internal double Got => _all.Sum(t => t.Got);

        /// <summary>What the line carries in all that time.</summary>
        internal double Full => _rate * (_now - DateTimeOffset.UnixEpoch).TotalSeconds;

        internal bool IsOddAlone => _all.Skip(1).All(t => t.UnderWay == 0);

        public override string ToString() =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Got / Full:0.00} of the line; {string.Join(' ', _all.Select(t => $"{t.Got / 1e6:0}"))} MB");

        /// <summary>Nothing is carried.</summary>
        internal void Rest()
        {
            _now += TimeSpan.FromSeconds(Tick);
            foreach (var one in _all.Where(t => t.AsksAt <= _now))
                Ask(one);
        }

        /// <param name="odd">MB/s that the first of them can have at most; what it does not take is the others'</param>
        internal void Pass(double odd)
        {
            Rest();
            var left = _rate * Tick;
            left -= Carry(_all[0], Math.Min(odd * 1e6 * Tick, left));
            // Round and round, a part of a frame for each.
            for (var idle = 0; idle < _all.Count && left > 0;)
            {
                var one = _all[1 + (_first++ % (_all.Count - 1))];
                var carried = Carry(one, Math.Min(left, Frame / 4));
                left -= carried;
                idle = carried > 0 ? 0 : idle + 1;
            }
        }

        /// <summary>One of a few bytes, from its first word to its last.</summary>
        internal bool SendsSmall()
        {
            var goes = _turns.Ask(s_small, 10, _now);
            Hear(_turns.Leave(s_small, _now));
            return goes;
        }

        private double Carry(Transfer one, double bytes)
        {
            bytes = Math.Min(bytes, one.UnderWay - one.Carried);
            one.Carried += bytes;
            while (one.Carried >= Frame)
            {
                one.Carried -= Frame;
                one.UnderWay -= Frame;
                one.Got += Frame;
                Hear(_turns.Settle(one.Id, Frame, _now));
                Ask(one);
            }
            return bytes;
        }

        private void Hear(IReadOnlyList<TransferId> turns)
        {
            foreach (var turn in turns)
                Ask(_all.Single(t => t.Id == turn));
        }

        private void Ask(Transfer one)
        {
            one.AsksAt = null;
            while (one.UnderWay < Window)
            {
                if (!_turns.Ask(one.Id, Frame, _now))
                {
                    one.AsksAt = _now + SendTurns.Patience;
                    return;
                }
                one.UnderWay += Frame;
            }
            Hear(_turns.GiveUp(one.Id, _now));
        }

        private static TransferId Id(byte n) => TransferId.FromBytes([.. Enumerable.Repeat(n, 16)]);
    }

    private sealed class Transfer(TransferId id)
    {
        internal TransferId Id { get; } = id;

        /// <summary>When it asks by itself; null: it has all under way that it may.</summary>
        internal DateTimeOffset? AsksAt { get; set; } = DateTimeOffset.UnixEpoch;

        internal double Got { get; set; }

        internal long UnderWay { get; set; }

        /// <summary>Of the first frame under way.</summary>
        internal double Carried { get; set; }
    }
}
