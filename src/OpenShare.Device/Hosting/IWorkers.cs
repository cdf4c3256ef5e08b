namespace OpenShare.Device.Hosting;

/// <summary>
/// The bounded set of threads for disk and hashing. Actors never block: they run such work here and have its
/// result piped back. In a simulation the work completes on the simulation's own queue.
/// </summary>
public interface IWorkers
{
    Task<T> Run<T>(Func<T> work);
}
