using Akka.Configuration;
using Akka.Dispatch;

namespace OpenShare.Simulation.Time;

/// <summary>Runs mailboxes as entries of the queue.</summary>
public sealed class SimulationDispatcher(SimulationDispatcherConfigurator configurator, string id, SimulationQueue queue)
    : MessageDispatcher(configurator)
{
    public override string ToString() => id;

    protected override void ExecuteTask(IRunnable run) => queue.Post(run.Run);

    protected override void Shutdown()
    {
        // The queue outlives its dispatchers: it is the simulation's.
    }
}

/// <summary>Named in simulation.conf.</summary>
public sealed class SimulationDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly SimulationDispatcher _dispatcher;

    public SimulationDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites) =>
        _dispatcher = new SimulationDispatcher(this, config.GetString("id"), ((SimulationScheduler)prerequisites.Scheduler).Queue);

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
