using System.CommandLine;
using OpenShare.Simulation.Commands;

return new RootCommand("Whole OpenShare devices in one process, in virtual time, under one seed.")
{
    ReplayCommand.Create(),
    ExploreCommand.Create(),
    BugCommand.Create(),
    BenchCommand.Create(),
}.Parse(args).Invoke();
