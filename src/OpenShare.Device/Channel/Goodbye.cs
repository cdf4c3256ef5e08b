using Akka.Actor;
using OpenShare.Device.Transport;

namespace OpenShare.Device.Channel;

/// <summary>
/// How a stream ends in good order: this side says Close after what is under way, hears the other side out to its own,
/// and only then lets the connection go. A socket that is closed with bytes unread resets the connection, and that would
/// take the Close with it. Whoever does not read or does not answer is cut off when <see cref="Patience"/> is over.
/// </summary>
internal static class Goodbye
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// Waits for what still writes to the stream, Close last, and what still reads from it; then ends it. The limit is
    /// the scheduler's, so it holds when the actor that had the stream is gone.
    /// </summary>
    /// <param name="pumps">each ends by itself once the stream is cut</param>
    internal static async Task EndAsync(IDisposable stream, IScheduler scheduler, params Task[] pumps)
    {
        var limit = scheduler.Advanced.ScheduleOnceCancelable(Patience, stream.Dispose);
        try
        {
            foreach (var pump in pumps)
                await pump.ConfigureAwait(false);
        }
        finally
        {
            limit.Cancel();
            stream.Dispose();
        }
    }

    /// <summary>Ends a stream that nobody reads from or writes to.</summary>
    internal static Task EndAsync(SecureStream stream, IScheduler scheduler) =>
        EndAsync(stream, scheduler, SayAsync(stream), HearOutAsync(stream));

    /// <summary>Says Close, where the connection still takes it.</summary>
    internal static async Task SayAsync(SecureStream stream)
    {
        try
        {
            await stream.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (TransportException)
        {
            // It was cut, by either side.
        }
    }

    private static async Task HearOutAsync(SecureStream stream)
    {
        try
        {
            while (await stream.ReceiveAsync(CancellationToken.None).ConfigureAwait(false) is var inbound and not Inbound.Closed)
            {
                if (inbound is Inbound.Frame frame)
                    frame.Chunks.Dispose();
            }
        }
        catch (TransportException)
        {
            // It was cut, by either side.
        }
    }
}
