using Akka.Actor;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Tests.Time;

public sealed class DispatcherTests : IDisposable
{
    private readonly TestWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Children_stop_in_the_order_of_their_names()
    {
        var stopped = new List<string>();
        var process = new SimulatedProcess(_world.World.Queue, new MachineClock(_world.World.Queue));
        var parent = _world.World.Processes.Spawn(_world.World.System, process, "parent", Props.Create(() => new Parent(12, stopped)));
        _world.For(1);

        parent.Tell(PoisonPill.Instance);
        _world.For(1);

        Assert.Equal(12, stopped.Count);
        Assert.Equal(stopped.Order(StringComparer.Ordinal), stopped);
    }

    [Fact]
    public void Nothing_of_a_dead_process_runs_and_neither_its_timers()
    {
        var stopped = new List<string>();
        var process = new SimulatedProcess(_world.World.Queue, new MachineClock(_world.World.Queue));
        var parent = _world.World.Processes.Spawn(_world.World.System, process, "parent", Props.Create(() => new Parent(3, stopped)));
        _world.For(1);
        _world.World.System.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(1), parent, PoisonPill.Instance, ActorRefs.NoSender);
        parent.Tell(PoisonPill.Instance);

        process.Die();
        _world.For(5);

        Assert.Empty(stopped);
    }

    private sealed class Parent : ReceiveActor
    {
        public Parent(int children, List<string> stopped)
        {
            for (var i = 0; i < children; i++)
                Context.ActorOf(Akka.Actor.Props.Create(() => new Child(stopped)), $"child-{(char)('a' + i)}");
        }
    }

    private sealed class Child(List<string> stopped) : ReceiveActor
    {
        protected override void PostStop() => stopped.Add(Self.Path.Name);
    }
}
