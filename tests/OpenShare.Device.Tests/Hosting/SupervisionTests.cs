using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using OpenShare.Device.Hosting;

namespace OpenShare.Device.Tests.Hosting;

/// <summary>The limits come from hocon/device.conf, and an actor system's own configuration wins.</summary>
public sealed class SupervisionTests() : TestKit(ConfigurationFactory.ParseString(
    """
    akka.loglevel = OFF
    openshare.supervision.peers { max-retries = 2, within = 1h }
    """))
{
    [Fact]
    public void What_the_system_says_wins_and_the_reference_fills_in_the_rest()
    {
        var supervision = Supervision.Of(Sys);

        Assert.Equal(new RestartLimit(2, TimeSpan.FromHours(1)), supervision.Peers);
        Assert.Equal(new RestartLimit(10, TimeSpan.FromMinutes(1)), supervision.Flows);
        Assert.Equal(new DiscoveryPauses(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)), supervision.Discovery);
        Assert.Equal(new TransferFailures(5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)), supervision.Transfers);
    }

    [Fact]
    public void A_child_is_restarted_so_often_and_then_stopped()
    {
        var parent = ActorOf(Props.Create(() => new Parent(Supervision.Of(Sys).Peers)));
        parent.Tell("child");
        var child = Watch(ExpectMsg<IActorRef>());

        for (var i = 0; i < 2; i++)
        {
            child.Tell(new InvalidOperationException("planted"));
            child.Tell("are you there?", TestActor);
            ExpectMsg("yes");
        }
        child.Tell(new InvalidOperationException("planted"));

        ExpectTerminated(child);
    }

    private sealed class Parent : ReceiveActor
    {
        private readonly RestartLimit _limit;

        public Parent(RestartLimit limit)
        {
            _limit = limit;
            Receive<string>(_ => Sender.Tell(Context.ActorOf(Props.Create(() => new Child()))));
        }

        protected override SupervisorStrategy SupervisorStrategy() => _limit.Strategy;
    }

    private sealed class Child : ReceiveActor
    {
        public Child()
        {
            Receive<string>(_ => Sender.Tell("yes"));
            Receive<Exception>(error => throw error);
        }
    }
}
