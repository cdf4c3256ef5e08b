using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace OpenShare.Simulation.Time;

/// <summary>Which process an actor belongs to: the one that made the tree it is in.</summary>
internal sealed class Processes
{
    /// <summary>Of a process's first actor: below the root and the user guardian.</summary>
    internal const int TreeDepth = 2;

    private readonly Dictionary<string, SimulatedProcess> _trees = [];

    internal SimulatedProcess? Of(ActorPath path)
    {
        while (path.Depth > TreeDepth)
            path = path.Parent;
        return path.Depth == TreeDepth ? _trees.GetValueOrDefault(path.Name) : null;
    }

    /// <summary>
    /// Makes the first actor of a process. It has the user guardian for its supervisor and is none of its children, so
    /// that nothing holds on to the tree of a process that died and was never stopped.
    /// </summary>
    /// <param name="name">no other tree has it, before or after</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "Actors are not disposed of.")]
    internal IActorRef Spawn(ActorSystem system, SimulatedProcess process, string name, Props props)
    {
        _trees.Add(name, process);
        var extended = (ExtendedActorSystem)system;
        var root = extended.Provider.ActorOf(
            (Akka.Actor.Internal.ActorSystemImpl)system, props, extended.Guardian, extended.Guardian.Path / name,
            systemService: false, deploy: null, lookupDeploy: false, async: false);
        root.Start();
        return root;
    }

    internal void Forget(string name) => _trees.Remove(name);
}
