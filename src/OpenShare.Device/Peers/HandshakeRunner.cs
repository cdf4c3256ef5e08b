using System.Net;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Device.Registration;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>How a handshake ended.</summary>
internal abstract record HandshakeOutcome
{
    private HandshakeOutcome() { }

    /// <summary>The control stream belongs to whoever gets this.</summary>
    internal sealed record Open(HandshakeResult Result, SecureStream Control, IPEndPoint Remote) : HandshakeOutcome;

    internal sealed record Failed(HandshakeFailure Failure) : HandshakeOutcome;

    /// <summary>Nobody there, or the connection broke.</summary>
    internal sealed record Unreachable(string Detail) : HandshakeOutcome;
}

/// <summary>The shell of the handshake machines: carries their frames over a connection. Never throws; cancelling is the deadline.</summary>
internal sealed class HandshakeRunner(DeviceContext context, HandshakeParty party)
{
    internal async Task<HandshakeOutcome> DialAsync(
        IReadOnlyList<IPEndPoint> addresses, DeviceId? expected, Authentication.Types.Purpose purpose, CancellationToken cancellation)
    {
        HandshakeOutcome last = new HandshakeOutcome.Unreachable("Its address is not known yet.");
        foreach (var address in addresses)
        {
            var outcome = await DialAsync(address, expected, purpose, cancellation).ConfigureAwait(false);
            if (outcome is HandshakeOutcome.Open || (outcome is HandshakeOutcome.Failed { Failure: var failure } && LinkProblems.From(failure).IsProven))
                return outcome;
            // Somebody else may be at an address that was the peer's once. What was said there tells more than silence elsewhere.
            if (outcome is HandshakeOutcome.Failed || last is not HandshakeOutcome.Failed)
                last = outcome;
        }
        return last;
    }

    /// <summary>Answers a hello on an accepted connection.</summary>
    internal async Task<HandshakeOutcome> AnswerAsync(ITransportConnection connection, byte[] opening, CancellationToken cancellation)
    {
        using var machine = new HandshakeResponder(party, context.Random, context.Now);
        return await RunAsync(connection, machine, machine.Handle(opening, context.Now), cancellation).ConfigureAwait(false);
    }

    private async Task<HandshakeOutcome> DialAsync(
        IPEndPoint address, DeviceId? expected, Authentication.Types.Purpose purpose, CancellationToken cancellation)
    {
        ITransportConnection connection;
        try
        {
            connection = await context.Transport.ConnectAsync(address, cancellation).ConfigureAwait(false);
        }
        catch (TransportException error)
        {
            return new HandshakeOutcome.Unreachable(error.Message);
        }
        using var machine = new HandshakeInitiator(party, expected, purpose, context.Random);
        return await RunAsync(connection, machine, machine.Start(context.Now), cancellation).ConfigureAwait(false);
    }

    private async Task<HandshakeOutcome> RunAsync(
        ITransportConnection connection, HandshakeMachine machine, IReadOnlyList<HandshakeEffect> effects, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                foreach (var effect in effects)
                {
                    switch (effect)
                    {
                        case HandshakeEffect.SendFrame send:
                            await HandshakeFrames.WriteAsync(connection, send.Frame, cancellation).ConfigureAwait(false);
                            break;
                        case HandshakeEffect.TrustRootFollowed followed:
                            context.Events.Publish(new RegistrationEvents.TrustRootOffered(followed.Links));
                            break;
                        case HandshakeEffect.Established established:
                            var control = new SecureStream(connection, established.Result.Session.OpenControlChannel());
                            return new HandshakeOutcome.Open(established.Result, control, connection.Remote);
                        case HandshakeEffect.Failed failed:
                            connection.Dispose();
                            return new HandshakeOutcome.Failed(failed.Failure);
                    }
                }
                var frame = await HandshakeFrames.ReadAsync(connection, machine.LongestFrame, cancellation).ConfigureAwait(false);
                effects = machine.Handle(frame, context.Now);
            }
        }
        catch (Exception error) when (error is TransportException or ProtocolException)
        {
            connection.Dispose();
            return new HandshakeOutcome.Unreachable(error.Message);
        }
    }
}
