using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Pairing;

/// <summary>
/// The messages of a pairing over an open channel, for either side: what is sent goes in order, and nobody waits for it. Never throws; a
/// stream that is disposed ends it.
/// </summary>
internal sealed class PairingLine(SecureStream stream, SessionId session) : IDisposable
{
    private Task _sent = Task.CompletedTask;
    private Task _read = Task.CompletedTask;

    internal SessionId Session => session;

    internal void Send(Control message) => _sent = SendAfterAsync(_sent, message);

    /// <summary>The next message; asked for again once it is there.</summary>
    /// <returns>null: the other side has ended it, or it broke</returns>
    internal Task<Control?> HearAsync()
    {
        var read = new TaskCompletionSource();
        _read = read.Task;
        return HearAsync(read);
    }

    /// <summary>Says goodbye after what is on its way.</summary>
    internal void End(IScheduler scheduler) => _ = Goodbye.EndAsync(stream, scheduler, SayGoodbyeAsync(), HearOutAsync());

    public void Dispose() => stream.Dispose();

    // Of two that wait for one task the one goes on upon the thread pool, where a simulation has no order: each has its own.
    private async Task<Control?> HearAsync(TaskCompletionSource read)
    {
        var message = await ReceiveAsync().ConfigureAwait(false);
        read.SetResult();
        return message;
    }

    private async Task SendAfterAsync(Task before, Control message)
    {
        await before.ConfigureAwait(false);
        try
        {
            await stream.SendAsync(message, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TransportException)
        {
            // Hearing tells of it.
        }
    }

    private async Task SayGoodbyeAsync()
    {
        await _sent.ConfigureAwait(false);
        await Goodbye.SayAsync(stream).ConfigureAwait(false);
    }

    // A stream is read by one at a time.
    private async Task HearOutAsync()
    {
        await _read.ConfigureAwait(false);
        while (await ReceiveAsync().ConfigureAwait(false) is not null)
        {
        }
    }

    private async Task<Control?> ReceiveAsync()
    {
        try
        {
            var inbound = await stream.ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
            if (inbound is Inbound.Frame frame)
                frame.Chunks.Dispose();
            return (inbound as Inbound.Message)?.Control;
        }
        catch (TransportException)
        {
            return null;
        }
    }
}
