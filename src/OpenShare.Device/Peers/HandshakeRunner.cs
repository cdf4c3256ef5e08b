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
    /// <param name="mayConclude">waited for once the peer has proven itself, before it gets this side's proof; null: it need not wait</param>
    internal async Task<HandshakeOutcome> DialAsync(
        IPEndPoint address, DeviceId? expected, Authentication.Types.Purpose purpose, Func<Task>? mayConclude, CancellationToken cancellation)
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
        if (cancellation.IsCancellationRequested)
        {
            connection.Dispose();
            return new HandshakeOutcome.Unreachable($"Cannot reach {address}: given up.");
        }
        using var machine = new HandshakeInitiator(party, expected, purpose, context.Random, connection.Binding.Span);
        return await RunAsync(connection, machine, machine.Start(context.Now), mayConclude, cancellation).ConfigureAwait(false);
    }

    /// <summary>Answers a hello on an accepted connection.</summary>
    internal async Task<HandshakeOutcome> AnswerAsync(ITransportConnection connection, byte[] opening, CancellationToken cancellation)
    {
        using var machine = new HandshakeResponder(party, context.Random, context.Now, connection.Binding.Span);
        return await RunAsync(connection, machine, machine.Handle(opening, context.Now), mayConclude: null, cancellation).ConfigureAwait(false);
    }

    private async Task<HandshakeOutcome> RunAsync(
        ITransportConnection connection, HandshakeMachine machine, IReadOnlyList<HandshakeEffect> effects, Func<Task>? mayConclude, CancellationToken cancellation)
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
                            connection.MarkProven();
                            var control = new SecureStream(connection, established.Result.Session.OpenControlChannel());
                            return new HandshakeOutcome.Open(established.Result, control, connection.Remote);
                        case HandshakeEffect.Failed failed:
                            connection.Dispose();
                            return new HandshakeOutcome.Failed(failed.Failure);
                    }
                }
                var frame = await HandshakeFrames.ReadAsync(connection, machine.LongestFrame, cancellation).ConfigureAwait(false);
                effects = machine.Handle(frame, context.Now);
                if (mayConclude is not null && machine is HandshakeInitiator { IsPeerProven: true })
                {
                    await mayConclude().ConfigureAwait(false);
                    mayConclude = null;
                }
            }
        }
        catch (Exception error) when (error is TransportException or ProtocolException)
        {
            connection.Dispose();
            return new HandshakeOutcome.Unreachable(error.Message);
        }
    }
}
