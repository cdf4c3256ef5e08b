using System.Net;
using Akka.TestKit;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Transfers;
using OpenShare.Device.Views;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Files for a typed address: who is there is asked and answered by messages, each answer for its own order.</summary>
public sealed class AddressTests : TransfersRig
{
    private readonly string _file;

    public AddressTests() => File.WriteAllText(_file = Path.Combine(Files, "a"), "hello");

    [Fact]
    public void Answers_that_cross_go_each_to_its_own_order()
    {
        var (cat, dan) = (Organisation.Enroll("cat"), Organisation.Enroll("dan"));
        var (first, toCat) = Send(1);
        var (second, toDan) = Send(2);

        Transfers.Tell(new AddressResolution.Found(toDan.Request, dan.DeviceId), Peers.Ref);
        Transfers.Tell(new AddressResolution.Found(toCat.Request, cat.DeviceId), Peers.Ref);

        Assert.Equal(dan.DeviceId, PeerOf(second));
        Assert.Equal(cat.DeviceId, PeerOf(first));
    }

    [Fact]
    public void The_link_is_wanted_again_when_peers_was_started_anew()
    {
        var cat = Organisation.Enroll("cat").DeviceId;
        var (order, toCat) = Send(1);
        Transfers.Tell(new AddressResolution.Found(toCat.Request, cat), Peers.Ref);
        order.ExpectMsg<SendStart.Started>();
        Peers.ExpectMsg<PeerCommands.Connect>();

        Context.Events.Publish(new PeerEvents.Restarted());

        Assert.Equal(cat, Peers.ExpectMsg<PeerCommands.Connect>().Device);
    }

    [Theory]
    [InlineData(LinkRefusal.Unreachable, TransferProblem.DeviceNotFound)]
    [InlineData(LinkRefusal.Revoked, TransferProblem.NotTrusted)]
    public void An_address_where_no_peer_is_refuses_the_order(LinkRefusal refusal, TransferProblem problem)
    {
        var (asker, resolve) = Send(1);

        Transfers.Tell(new AddressResolution.Failed(resolve.Request, new LinkProblem(refusal, "it is not there", ByPeer: false)), Peers.Ref);

        Assert.Equal(new SendStart.Refused(problem, "it is not there"), asker.ExpectMsg<SendStart.Refused>());
    }

    [Fact]
    public void An_order_without_an_answer_is_refused_in_time_and_a_late_answer_begins_nothing()
    {
        var (asker, resolve) = Send(1);

        Advance(TimeSpan.FromSeconds(16));
        var refused = asker.ExpectMsg<SendStart.Refused>();
        Transfers.Tell(new AddressResolution.Found(resolve.Request, Organisation.Enroll("cat").DeviceId), Peers.Ref);

        Assert.Equal(TransferProblem.DeviceNotFound, refused.Problem);
        Assert.Contains("10.0.0.1:4711", refused.Detail, StringComparison.Ordinal);
        Transfers.Tell(new TransferQueries.GetTransfers(), asker.Ref);
        Assert.Empty(asker.ExpectMsg<System.Collections.Immutable.ImmutableArray<TransferView>>());
    }

    [Fact]
    public async Task An_answer_from_before_a_restart_is_none_to_an_order_since()
    {
        var (_, before) = Send(1);
        // No order at all: the actor fails, and is restarted.
        Transfers.Tell(new TransferCommands.SendFiles(default, new SendTarget.Address(before.Address)), TestActor);
        Peers.ExpectMsg<PeerCommands.TellLinks>();
        Context.Events.Publish(new RegistrationEvents.Certified(Self));
        await HeardAsync();
        var (asker, since) = Send(2);

        Transfers.Tell(new AddressResolution.Found(before.Request, Organisation.Enroll("cat").DeviceId), Peers.Ref);
        await HeardAsync();
        Assert.Empty(Database.Transfers.All());

        var dan = Organisation.Enroll("dan").DeviceId;
        Transfers.Tell(new AddressResolution.Found(since.Request, dan), Peers.Ref);
        Assert.Equal(dan, PeerOf(asker));
    }

    private (TestProbe Asker, PeerCommands.Resolve Resolve) Send(byte host)
    {
        var asker = CreateTestProbe();
        Transfers.Tell(new TransferCommands.SendFiles([_file], new SendTarget.Address(new IPEndPoint(new IPAddress([10, 0, 0, host]), 4711))), asker.Ref);
        return (asker, Peers.ExpectMsg<PeerCommands.Resolve>(m => m.Address.Address.GetAddressBytes()[3] == host));
    }

    private Protocol.Identity.DeviceId PeerOf(TestProbe asker) =>
        Database.Transfers.Find(asker.ExpectMsg<SendStart.Started>().Id)!.Value.Transfer.Key.Peer;
}
