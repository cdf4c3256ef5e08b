using Akka.TestKit.Xunit2;
using OpenShare.Device.Hosting;

namespace OpenShare.Device.Tests.Hosting;

public sealed class DeviceEventBusTests : TestKit
{
    private readonly DeviceEventBus _bus = new();

    private sealed record Happened : IDeviceEvent;

    private sealed record Other : IDeviceEvent;

    [Fact]
    public void Who_publishes_is_told_whether_anybody_hears_it()
    {
        Assert.False(_bus.Publish(new Happened()));

        _bus.Subscribe<Other>(TestActor);
        Assert.False(_bus.Publish(new Happened()));

        _bus.Subscribe<Happened>(TestActor);
        Assert.True(_bus.Publish(new Happened()));
        ExpectMsg<Happened>();

        _bus.Unsubscribe(TestActor);
        Assert.False(_bus.Publish(new Happened()));
        ExpectNoMsg(TimeSpan.Zero);
    }
}
