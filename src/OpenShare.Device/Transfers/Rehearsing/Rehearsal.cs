using Akka.Actor;
using Akka.Configuration;
using OpenShare.Device.Storage;
using OpenShare.Device.Transport;
using OpenShare.Device.Views;

namespace OpenShare.Device.Transfers.Rehearsing;

/// <summary>
/// A transfer between two devices that are there for nothing else, in this process and over its loopback interface: the code of it is compiled then,
/// and a person's first transfer is as fast as his second (docs/adr/0052). It has an actor system, keys and databases of its own, knows nothing of
/// this device's, is counted nowhere and says nothing.
/// </summary>
public static class Rehearsal
{
    // Each small file is a frame. What is called so often is compiled again, and once more as it was measured then (ADR 0051): in three runs.
    private const int Files = 600;
    private const int FileBytes = 4096;
    private const int LargeFileBytes = 4 << 20;
    private const int Runs = 3;

    // The runtime begins to count when nothing was called for the first time for 0.1 s.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(150);

    private static readonly Config s_quiet = ConfigurationFactory.ParseString("akka.loglevel = OFF, akka.loggers = []");

    /// <summary>Ends when it is over. What goes wrong is told to nobody but the caller, and nothing is left of it.</summary>
    /// <param name="like">the actor system whose configuration it is to have</param>
    /// <param name="directory">made, emptied where it was left by a process that was killed, and removed</param>
    public static async Task<RehearsalEnd> RunAsync(ActorSystem like, string directory, CancellationToken cancellation)
    {
        try
        {
            Remove(directory);
            return await SendAsync(like.Settings.Config, directory, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or StorageException or TransportException or TimeoutException or OperationCanceledException)
        {
            return new RehearsalEnd.Failed(error.Message);
        }
        finally
        {
            TryRemove(directory);
        }
    }

    private static async Task<RehearsalEnd> SendAsync(Config like, string directory, CancellationToken cancellation)
    {
        var account = new RehearsedAccount();
        var inbox = Path.Combine(directory, "received");
        using var system = ActorSystem.Create("rehearsal", s_quiet.WithFallback(like));
        using var receiver = new RehearsedDevice(system, account.Enroll(), inbox);
        using var sender = new RehearsedDevice(system, account.Enroll(), inbox);
        try
        {
            await sender.MeetAsync(receiver, cancellation).ConfigureAwait(false);
            for (var run = 1; ; run++)
            {
                var files = Path.Combine(directory, $"{run}");
                await WriteFilesAsync(files, cancellation).ConfigureAwait(false);
                var end = await sender.SendAsync(files, receiver, cancellation).ConfigureAwait(false);
                if (end.State != TransferState.Completed)
                    return new RehearsalEnd.Failed(end.Detail ?? $"It is {end.State}.");
                await Task.Delay(s_pause, cancellation).ConfigureAwait(false);
                if (run == Runs)
                    return new RehearsalEnd.Completed(end);
            }
        }
        finally
        {
            // Before what its actors work with is closed.
            await system.Terminate().ConfigureAwait(false);
        }
    }

    // New ones each time: what was received before is not sent again.
    private static async Task WriteFilesAsync(string directory, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        var content = new byte[FileBytes];
        for (var file = 0; file < Files; file++)
        {
            Random.Shared.NextBytes(content);
            await File.WriteAllBytesAsync(Path.Combine(directory, $"{file}"), content, cancellation).ConfigureAwait(false);
        }
        await using var large = File.Create(Path.Combine(directory, "large"));
        for (var written = 0; written < LargeFileBytes; written += content.Length)
        {
            Random.Shared.NextBytes(content);
            await large.WriteAsync(content, cancellation).ConfigureAwait(false);
        }
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
