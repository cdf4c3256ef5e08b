using System.Net;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Identity;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Disk;
using OpenShare.Simulation.Invariants;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Scenarios;
using OpenShare.Simulation.Service;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation;

/// <summary>
/// One simulated world: networks, a registration service, and whole devices, each on its own machine. One seed decides
/// everything that happens; the thread that runs it is the only one there is.
/// </summary>
public sealed class World : IDisposable
{
    /// <summary>So long after the last fault a revocation must have reached everybody: the longest back-off, and two polls.</summary>
    internal static readonly TimeSpan Settling = TimeSpan.FromSeconds(90);
}
