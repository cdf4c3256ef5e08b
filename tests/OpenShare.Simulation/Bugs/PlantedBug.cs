namespace OpenShare.Simulation.Bugs;

/// <summary>
/// A mistake that somebody could make, planted to see whether the simulation finds it: one method of a built assembly
/// is replaced by one of <see cref="Plants"/>, in a copy of the program. The product's own code has no seam for it.
/// </summary>
/// <param name="Name">what the command line calls it</param>
/// <param name="Story">the mistake, as one would make it</param>
/// <param name="Alarm">the name of the one invariant that is to notice</param>
/// <param name="Scenario">by name: where it is looked for</param>
/// <param name="Target">the method that is replaced</param>
internal sealed record PlantedBug(string Name, string Story, string Alarm, string Scenario, PlantTarget Target);

/// <param name="Assembly">without .dll</param>
/// <param name="Type">its full name; '/' before a nested type</param>
/// <param name="Method">its name; there is one of it</param>
internal sealed record PlantTarget(string Assembly, string Type, string Method);
