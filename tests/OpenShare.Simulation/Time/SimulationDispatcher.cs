using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace OpenShare.Simulation.Time;

/// <summary>
/// Runs mailboxes as entries of the queue, and those of a dead process not at all. What an actor does in one turn to
/// several of its children reaches them in the order of their names: Akka stops children in the order of a hash,
/// which is another in every process of ours.
/// </summary>
public sealed class SimulationDispatcher : MessageDispatcher
{
    private sealed record Owner(SimulatedProcess? Process, IActorRef Self, IActorRef Parent);

    private readonly string _id;
    private readonly SimulationScheduler _world;
    private readonly ConditionalWeakTable<IRunnable, Owner> _owners = [];
    private readonly List<(Owner Owner, IRunnable Run)> _children = [];
    private Owner? _running;

    public SimulationDispatcher(SimulationDispatcherConfigurator configurator, string id, SimulationScheduler world) : base(configurator) =>
        (_id, _world) = (id, world);

    public override void Attach(ActorCell cell)
    {
        _owners.AddOrUpdate(cell.Mailbox!, new Owner(_world.Processes.Of(cell.Self.Path), cell.Self, cell.Parent));
        base.Attach(cell);
    }

    public override string ToString() => _id;

    protected override void ExecuteTask(IRunnable run)
    {
        var owner = _owners.TryGetValue(run, out var known) ? known : null;
        if (owner is not null && _running is { } running && owner.Parent.Equals(running.Self))
            _children.Add((owner, run));
        else
            Post(owner, run);
    }

    protected override void Shutdown()
    {
        // The queue outlives its dispatchers: it is the simulation's.
    }

    private void Post(Owner? owner, IRunnable run) => _world.Queue.Post(() =>
    {
        if (owner?.Process is { IsDead: true })
            return;
        _running = owner;
        try
        {
            if (owner?.Process is { } process)
                process.Act(run.Run);
            else
                run.Run();
        }
        finally
        {
            _running = null;
            PostChildren();
        }
    });

    private void PostChildren()
    {
        if (_children.Count == 0)
            return;
        _children.Sort((a, b) => string.CompareOrdinal(a.Owner.Self.Path.Name, b.Owner.Self.Path.Name));
        foreach (var (owner, run) in _children)
            Post(owner, run);
        _children.Clear();
    }
}

/// <summary>Named in simulation.conf.</summary>
public sealed class SimulationDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly SimulationDispatcher _dispatcher;

    public SimulationDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites) =>
        _dispatcher = new SimulationDispatcher(this, config.GetString("id"), (SimulationScheduler)prerequisites.Scheduler);

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
