using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Pairing;

/// <summary>The two messages of a pairing over an open channel, for either side. Never throws; a stream that is disposed ends it.</summary>
internal static class PairingExchange
{
    /// <summary>On the new device: asks, and waits for the answer.</summary>
    /// <returns>null with a reason: the connection broke, or something else was said</returns>
    internal static async Task<(PairingAnswer? Answer, string Problem)> AskAsync(SecureStream stream, PairingRequest request)
    {
        try
        {
            await stream.SendAsync(new Control { PairingRequest = request }, CancellationToken.None).ConfigureAwait(false);
            return (await ReceiveAsync(stream).ConfigureAwait(false))?.PairingAnswer is { } answer
                ? (answer, "")
                : (null, "The other device ended the connection without an answer.");
        }
        catch (TransportException error)
        {
            return (null, error.Message);
        }
    }

    /// <summary>On the sponsor: waits for the question.</summary>
    /// <returns>null: none came</returns>
    internal static async Task<PairingRequest?> HearAsync(SecureStream stream)
    {
        try
        {
            return (await ReceiveAsync(stream).ConfigureAwait(false))?.PairingRequest;
        }
        catch (TransportException)
        {
            return null;
        }
    }

    /// <summary>On the sponsor: answers, and says goodbye.</summary>
    internal static async Task AnswerAsync(SecureStream stream, PairingAnswer answer, IScheduler scheduler)
    {
        try
        {
            await stream.SendAsync(new Control { PairingAnswer = answer }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TransportException)
        {
            // The new device is told nothing, and asks for another invitation.
        }
        await Goodbye.EndAsync(stream, scheduler).ConfigureAwait(false);
    }

    private static async Task<Control?> ReceiveAsync(SecureStream stream)
    {
        var inbound = await stream.ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
        if (inbound is Inbound.Frame frame)
            frame.Chunks.Dispose();
        return (inbound as Inbound.Message)?.Control;
    }
}
