using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Transfers;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>
/// A sender whose last word was lost, or came too late, has no reason to come back: the receiver of what is not over looks for it.
/// </summary>
public sealed class SoughtSenderTests : TransfersRig
{
    private readonly DeviceIdentity _ann;
    private readonly DeviceIdentity _cat;
    private readonly TransferId _whole = TransferId.Parse(new string('1', 32));
    private readonly TransferId _half = TransferId.Parse(new string('2', 32));

    public SoughtSenderTests()
    {
        // That it is registered.
        Hear(Transfers);
        (_ann, _cat) = (Organisation.Enroll("ann"), Organisation.Enroll("cat"));
        Add(_ann, _whole, TransferState.Finishing);
        Add(_cat, _half, TransferState.Transferring);
        Add(Organisation.Enroll("dan"), TransferId.Parse(new string('3', 32)), TransferState.Completed);
    }

    [Fact]
    public void After_a_restart_of_the_device()
    {
        var peers = CreateTestProbe();
        var transfers = Sys.ActorOf(TransfersActor.Props(Context, TransferStores.Of(Database), Disk, Database.Peers, peers.Ref, new ReceivingPolicy(AcceptPolicy.Own, Inbox)));
        peers.ExpectMsg<PeerCommands.TellLinks>();

        Context.Events.Publish(new RegistrationEvents.Certified(Self));

        AssertSought(transfers, peers);
    }

    [Fact]
    public void After_a_restart_of_what_dials()
    {
        Context.Events.Publish(new PeerEvents.Restarted());

        AssertSought(Transfers, Peers);
    }

    [Fact]
    public void And_no_more_once_it_is_called_off_here()
    {
        Transfers.Tell(new TransferCommands.CancelTransfer(_whole), TestActor);

        Assert.Equal(TransferState.Cancelled, ExpectMsg<TransferAnswer>().Transfer!.State);
        Assert.Equal(_ann.DeviceId, Peers.ExpectMsg<PeerCommands.Release>().Device);
    }

    [Fact]
    public void But_for_as_long_as_another_is_there()
    {
        Add(_ann, TransferId.Parse(new string('4', 32)), TransferState.Offered);

        Transfers.Tell(new TransferCommands.CancelTransfer(_whole), TestActor);

        ExpectMsg<TransferAnswer>();
        Peers.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Nor_of_one_that_refuses_this_device()
    {
        foreach (var (sender, id) in new[] { (_ann, _whole), (_cat, _half) })
        {
            Refused(sender, LinkRefusal.Revoked);

            var ended = Database.Transfers.Find(id)!.Value.Transfer;
            Assert.Equal((TransferState.Failed, "because"), (ended.State, ended.Detail));
            Assert.Equal(sender.DeviceId, Peers.ExpectMsg<PeerCommands.Release>().Device);
            Peers.ExpectNoMsg(TimeSpan.Zero);
        }
    }

    [Theory]
    [InlineData(LinkRefusal.Expired)]
    [InlineData(LinkRefusal.Duplicate)]
    public void And_where_a_refusal_passes_it_looks_again_in_a_while(LinkRefusal refusal)
    {
        Refused(_cat, refusal);
        Peers.ExpectNoMsg(TimeSpan.Zero);

        Advance(TimeSpan.FromMinutes(1));

        AssertSought(Transfers, Peers);
        Assert.Equal(TransferState.Transferring, Database.Transfers.Find(_half)!.Value.Transfer.State);
    }

    private void Refused(DeviceIdentity sender, LinkRefusal how)
    {
        Context.Events.Publish(new PeerEvents.LinkFailed(sender.DeviceId, new LinkProblem(how, "because", ByPeer: false), WillRetry: false));
        Hear(Transfers);
    }

    private void AssertSought(IActorRef transfers, TestProbe peers)
    {
        Hear(transfers);
        Assert.Equal([_ann.DeviceId, _cat.DeviceId], new[] { peers.ExpectMsg<PeerCommands.Connect>().Device, peers.ExpectMsg<PeerCommands.Connect>().Device });
        peers.ExpectNoMsg(TimeSpan.Zero);
    }

    // What was told before this has been dealt with.
    private void Hear(IActorRef transfers)
    {
        transfers.Tell(new TransferQueries.GetTransfers(), TestActor);
        ExpectMsg<ImmutableArray<TransferView>>();
    }

    private void Add(DeviceIdentity sender, TransferId id, TransferState state) => Database.Transfers.Add(new TransferRecord(
        new TransferKey(TransferDirection.Receiving, sender.DeviceId, id), state, Problem: null, Manifest: null, ImmutableArray<string>.Empty, Inbox, Start, Start,
        "file", Detail: "", 5, 5, 0, 1, 1, TimeSpan.Zero));
}
