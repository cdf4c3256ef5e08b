using Akka.Actor;
using Google.Protobuf;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Transfers;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;
using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;
using TransferAnswer = OpenShare.Device.Transfers.TransferAnswer;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>That a transfer was given up is told its receiver, also where no session of it runs.</summary>
public sealed class LastWordTests : TransfersRig
{
    private readonly DeviceIdentity _ann;
    private readonly TransferId _id;

    public LastWordTests()
    {
        _ann = Organisation.Enroll("ann");
        var file = Path.Combine(Files, "a");
        File.WriteAllText(file, "hello");
        Transfers.Tell(new TransferCommands.SendFiles([file], new SendTarget.Device(_ann.DeviceId)), TestActor);
        _id = ExpectMsg<SendStart.Started>().Id;
        Peers.ExpectMsg<PeerCommands.Connect>();
    }

    [Fact]
    public async Task One_that_is_cancelled_while_it_waits_to_be_made_anew()
    {
        await FailAsync();

        Transfers.Tell(new TransferCommands.CancelTransfer(_id), TestActor);

        Assert.Equal(TransferState.Cancelled, ExpectMsg<TransferAnswer>().Transfer!.State);
        AssertTold();
    }

    [Fact]
    public async Task One_that_failed_again_and_again()
    {
        var limit = Supervision.Of(Sys).Transfers;
        for (var i = 1; i < limit.Max; i++)
        {
            await FailAsync();
            Advance(limit.Longest * 2);
            Peers.FishForMessage<PeerCommands.Connect>(_ => true);
        }

        await FailAsync();

        AssertTold();
        Assert.Equal(TransferState.Failed, Database.Transfers.Find(_id)!.Value.Transfer.State);
    }

    [Fact]
    public async Task One_that_is_owed_to_whoever_refuses_this_device_keeps_no_session()
    {
        await FailAsync();
        Transfers.Tell(new TransferCommands.CancelTransfer(_id), TestActor);
        ExpectMsg<TransferAnswer>();
        Assert.True(Database.Transfers.Find(_id)!.Value.Transfer.OwesWord);

        Context.Events.Publish(new PeerEvents.LinkFailed(_ann.DeviceId, new LinkProblem(LinkRefusal.Revoked, "ben was revoked.", ByPeer: true), WillRetry: false));

        Peers.FishForMessage<PeerCommands.Release>(m => m.Device == _ann.DeviceId);
        var kept = Database.Transfers.Find(_id)!.Value.Transfer;
        Assert.Equal((TransferState.Cancelled, false), (kept.State, kept.OwesWord));
        Assert.Empty(((ActorRefWithCell)Transfers).Children);
    }

    // The other's session would be woken by it and say its own, which would wake this one.
    [Fact]
    public async Task None_is_answered_with_one()
    {
        await One_that_is_cancelled_while_it_waits_to_be_made_anew();
        await AwaitAssertAsync(() => Assert.Empty(((ActorRefWithCell)Transfers).Children));

        var id = ByteString.CopyFrom(_id.ToBytes());
        Control[] words =
        [
            new() { TransferAnswer = new() { TransferId = id, Answer = Answer.Failed } },
            new() { TransferAnswer = new() { TransferId = id, Answer = Answer.Declined } },
            new() { TransferCancelled = new() { TransferId = id } },
        ];
        foreach (var word in words)
        {
            Say(word);
            await HeardAsync();
            Assert.Empty(((ActorRefWithCell)Transfers).Children);
        }

        Say(new Control { PageWanted = new() { TransferId = id } });
        Peers.FishForMessage<PeerCommands.SendControl>(m => m.Message.KindCase == Control.KindOneofCase.TransferCancelled);
    }

    private void Say(Control word) => Context.Events.Publish(new PeerEvents.ControlReceived(_ann.DeviceId, new LinkId(5), word));

    private void AssertTold()
    {
        Peers.FishForMessage<PeerCommands.Connect>(_ => true);
        Context.Events.Publish(new PeerEvents.LinkOpened(_ann.DeviceId, new LinkId(5), _ann.Certificate));
        Peers.FishForMessage<PeerCommands.SendControl>(m => m.Message.KindCase == Control.KindOneofCase.TransferCancelled);
        AwaitAssert(() => Assert.False(Database.Transfers.Find(_id)!.Value.Transfer.OwesWord));
    }

    private async Task FailAsync()
    {
        await HeardAsync();
        var session = Assert.Single(((ActorRefWithCell)Transfers).Children);
        session.Tell(Kill.Instance);
        await AwaitAssertAsync(() => Assert.DoesNotContain(session, ((ActorRefWithCell)Transfers).Children));
        // By then the pause has begun that a test lets pass.
        await HeardAsync();
    }
}
