using Akka.Actor;
using Akka.Configuration;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Transfers.Rehearsing;

/// <summary>
/// A transfer between two devices that are there for nothing else, in this process and over its loopback interface: the code of it is compiled then,
/// and a person's first transfer is as fast as his second (docs/adr/0052). It has an actor system, keys and databases of its own, knows nothing of
/// this device's, is counted nowhere and says nothing.
/// </summary>
public static class Rehearsal
{
    // What is called so often is compiled again (ADR 0051).
    private const int SmallFiles = 600;
    private const int SmallFile = 4096;
    private const int LargeFile = 32 << 20;

    private static readonly Config s_quiet = ConfigurationFactory.ParseString("akka.loglevel = OFF, akka.loggers = []");

    /// <summary>Ends when it is over. What goes wrong is told to nobody but the caller, and nothing is left of it.</summary>
    /// <param name="like">the actor system whose configuration it is to have</param>
    /// <param name="directory">made, emptied where it was left by a process that was killed, and removed</param>
    /// <returns>what went wrong; null: nothing</returns>
    public static async Task<string?> RunAsync(ActorSystem like, string directory, CancellationToken cancellation)
    {
        try
        {
            Remove(directory);
            var files = Path.Combine(directory, "files");
            await WriteFilesAsync(files, cancellation).ConfigureAwait(false);
            return await SendAsync(like.Settings.Config, files, Path.Combine(directory, "received"), cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or StorageException or TransportException or TimeoutException or OperationCanceledException)
        {
            return error.Message;
        }
        finally
        {
            TryRemove(directory);
        }
    }

    private static async Task<string?> SendAsync(Config like, string files, string inbox, CancellationToken cancellation)
    {
        var account = new RehearsedAccount();
        using var system = ActorSystem.Create("rehearsal", s_quiet.WithFallback(like));
        using var receiver = new RehearsedDevice(system, account.Enroll(), inbox);
        using var sender = new RehearsedDevice(system, account.Enroll(), inbox);
        try
        {
            var end = await sender.SendAsync(files, receiver, cancellation).ConfigureAwait(false);
            return end.State == TransferState.Completed ? null : end.Detail;
        }
        finally
        {
            // Before what its actors work with is closed.
            await system.Terminate().ConfigureAwait(false);
        }
    }

    private static async Task WriteFilesAsync(string directory, CancellationToken cancellation)
    {
        // Of its owner only, as all of a home.
        Directory.CreateDirectory(directory);
        var content = new byte[LargeFile];
        Random.Shared.NextBytes(content);
        for (var file = 0; file < SmallFiles; file++)
            await File.WriteAllBytesAsync(Path.Combine(directory, $"{file}"), content.AsMemory(file * SmallFile, SmallFile), cancellation).ConfigureAwait(false);
        await File.WriteAllBytesAsync(Path.Combine(directory, "large"), content, cancellation).ConfigureAwait(false);
    }

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }

    private static void TryRemove(string directory)
    {
        try
        {
            Remove(directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next one does.
        }
    }
}
