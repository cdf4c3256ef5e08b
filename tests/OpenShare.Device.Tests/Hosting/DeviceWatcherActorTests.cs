using Akka.Actor;
using Akka.TestKit.Xunit2;
using OpenShare.Device.Hosting;
using OpenShare.Device.Transfers;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Tests.Hosting;

public sealed class DeviceWatcherActorTests : TestKit
{
    private readonly DeviceEventBus _bus = new();
    private readonly TransferEndings _endings = new();

    [Fact]
    public async Task Of_what_a_transfer_goes_through_its_end_is_told()
    {
        _endings.Ended += (_, id) => TestActor.Tell(id);
        Sys.ActorOf(DeviceWatcherActor.Props(_bus, new ChangeCounter(), _endings, new DeviceWarnings(), new TaskCompletionSource()));
        // It subscribes as it is made.
        await AwaitAssertAsync(() => Assert.True(_bus.Publish(new TransferEvents.TransferChanged(View(1, TransferState.Finishing)))));

        _bus.Publish(new TransferEvents.TransferChanged(View(2, TransferState.Completed)));
        _bus.Publish(new TransferEvents.TransferChanged(View(3, TransferState.Failed)));

        Assert.Equal(Id(2), await ExpectMsgAsync<TransferId>());
        Assert.Equal(Id(3), await ExpectMsgAsync<TransferId>());
    }

    private static TransferId Id(byte number) => TransferId.FromBytes([.. Enumerable.Repeat(number, 16)]);

    private static TransferView View(byte number, TransferState state) => new(
        Id(number), default!, TransferDirection.Sending, state, null, null, null, null, "photo", 0, 0, 0, 0, 0, true,
        DateTimeOffset.UnixEpoch, TimeSpan.Zero, null, null);
}
