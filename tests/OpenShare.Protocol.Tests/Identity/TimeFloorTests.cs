using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Identity;

public sealed class TimeFloorTests
{
    private static readonly DateTimeOffset Now = Organisation.Now;

    [Fact]
    public void A_floor_rises_and_never_sinks()
    {
        var floor = TimeFloor.None.Raise(Now);
        Assert.Equal(Now, floor.IssuedAt);
        Assert.Same(floor, floor.Raise(Now.AddSeconds(-1)));
        Assert.Same(floor, floor.Raise(Now));
        Assert.Equal(Now.AddSeconds(1), floor.Raise(Now.AddSeconds(1)).IssuedAt);
    }

    [Fact]
    public void A_clock_below_the_floor_is_not_believed_and_one_above_it_is()
    {
        var floor = TimeFloor.None.Raise(Now);
        Assert.Equal(Now, floor.At(Now.AddYears(-1)));
        Assert.Equal(Now.AddSeconds(1), floor.At(Now.AddSeconds(1)));
        Assert.Equal(DateTimeOffset.UnixEpoch, TimeFloor.None.At(DateTimeOffset.MinValue));
    }
}
