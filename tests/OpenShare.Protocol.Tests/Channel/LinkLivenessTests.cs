using FsCheck.Xunit;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Channel;

public sealed class LinkLivenessTests
{
    private static readonly DateTimeOffset Start = Organisation.Now;
    private readonly LinkLiveness _link = new(Start);

    [Fact]
    public void A_silent_link_is_pinged_every_two_seconds_and_dead_after_eight()
    {
        var seen = new List<(double Second, LivenessVerdict Verdict)>();
        LivenessVerdict verdict;
        do
        {
            var now = _link.NextTimeout;
            verdict = _link.HandleTimeout(now);
            seen.Add(((now - Start).TotalSeconds, verdict));
        }
        while (verdict != LivenessVerdict.Dead);

        Assert.Equal([(2, LivenessVerdict.SendPing), (4, LivenessVerdict.SendPing), (6, LivenessVerdict.SendPing), (8, LivenessVerdict.Dead)], seen);
    }

    [Fact]
    public void A_link_that_talks_is_never_pinged()
    {
        for (var now = Start; now < Start.AddMinutes(1); now = now.AddSeconds(1.9))
        {
            _link.Heard(now);
            Assert.Equal(LivenessVerdict.Alive, _link.HandleTimeout(now));
        }
    }

    [Fact]
    public void An_answer_to_the_last_ping_saves_the_link()
    {
        Assert.Equal(LivenessVerdict.SendPing, _link.HandleTimeout(Start.AddSeconds(7.9)));
        _link.Heard(Start.AddSeconds(7.99));
        Assert.Equal(LivenessVerdict.Alive, _link.HandleTimeout(Start.AddSeconds(8)));
        Assert.Equal(Start.AddSeconds(9.99), _link.NextTimeout);
    }

    [Property]
    public void Whatever_is_heard_when_silence_never_lasts_longer_than_eight_seconds_unnoticed(ushort[] heardAfterMilliseconds)
    {
        var link = new LinkLiveness(Start);
        var heard = Start;
        foreach (var pause in heardAfterMilliseconds)
        {
            var next = heard.AddMilliseconds(pause);
            while (link.NextTimeout <= next)
            {
                var now = link.NextTimeout;
                if (link.HandleTimeout(now) == LivenessVerdict.Dead)
                {
                    Assert.Equal(heard + LinkLiveness.DeadAfter, now);
                    return;
                }
                Assert.True(link.NextTimeout > now, "a timeout that does not move on would spin");
            }
            Assert.True(next - heard < LinkLiveness.DeadAfter);
            link.Heard(heard = next);
        }
    }

    [Fact]
    public void A_link_that_is_doubted_is_dead_after_two_seconds_unless_it_is_heard()
    {
        _link.Heard(Start.AddSeconds(1));
        _link.Doubt(Start.AddSeconds(1));
        // A second reason gives it no longer.
        _link.Doubt(Start.AddSeconds(2));
        Assert.Equal(Start.AddSeconds(3), _link.NextTimeout);
        Assert.Equal(LivenessVerdict.Alive, _link.HandleTimeout(Start.AddSeconds(2.9)));
        Assert.Equal(LivenessVerdict.Dead, _link.HandleTimeout(Start.AddSeconds(3)));

        _link.Heard(Start.AddSeconds(3));
        Assert.Equal(LivenessVerdict.Alive, _link.HandleTimeout(Start.AddSeconds(3)));
        Assert.Equal(Start.AddSeconds(5), _link.NextTimeout);
    }
}
