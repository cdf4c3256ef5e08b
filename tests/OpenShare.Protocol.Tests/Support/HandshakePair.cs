using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>Both machines of a handshake, stepped by hand: each test decides what reaches the other side.</summary>
internal sealed class HandshakePair(
    HandshakeParty initiator, HandshakeParty responder, DeviceId? expected = null, IRandomSource? randomI = null, IRandomSource? randomR = null,
    byte[]? binding = null, Authentication.Types.Purpose purpose = Authentication.Types.Purpose.Link, DateTimeOffset? now = null)
{
    private readonly DateTimeOffset _now = now ?? Organisation.Now;

    internal HandshakeInitiator Initiator { get; } = new(initiator, expected, purpose, randomI ?? new SeededRandom(1), binding);

    internal HandshakeResponder Responder { get; } = new(responder, randomR ?? new SeededRandom(2), now ?? Organisation.Now, binding);

    /// <summary>Everything the initiator's machine has asked for.</summary>
    internal List<HandshakeEffect> AtInitiator { get; } = [];

    internal List<HandshakeEffect> AtResponder { get; } = [];

    /// <summary>Frames in the order they were sent: opening, answer, proof, verdict.</summary>
    internal List<byte[]> Frames { get; } = [];

    internal HandshakeResult? InitiatorResult => AtInitiator.OfType<HandshakeEffect.Established>().SingleOrDefault()?.Result;

    internal HandshakeResult? ResponderResult => AtResponder.OfType<HandshakeEffect.Established>().SingleOrDefault()?.Result;

    internal HandshakeFailure? InitiatorFailure => AtInitiator.OfType<HandshakeEffect.Failed>().SingleOrDefault()?.Failure;

    internal HandshakeFailure? ResponderFailure => AtResponder.OfType<HandshakeEffect.Failed>().SingleOrDefault()?.Failure;

    /// <summary>Runs to the end, where <paramref name="change"/> stands on the wire: frame number (from 0) and bytes in, bytes out; null drops it.</summary>
    internal HandshakePair Run(Func<int, byte[], byte[]?>? change = null)
    {
        var toResponder = true;
        var inFlight = Sent(AtInitiator, Initiator.Start(_now));
        while (inFlight.Count > 0)
        {
            var answers = new List<byte[]>();
            foreach (var frame in inFlight)
            {
                Frames.Add(frame);
                if ((change is null ? frame : change(Frames.Count - 1, frame)) is not { } delivered)
                    continue;
                answers.AddRange(toResponder
                    ? Sent(AtResponder, Responder.Handle(delivered, _now))
                    : Sent(AtInitiator, Initiator.Handle(delivered, _now)));
            }
            (inFlight, toResponder) = (answers, !toResponder);
        }
        return this;
    }

    internal static List<byte[]> Sent(List<HandshakeEffect> log, IReadOnlyList<HandshakeEffect> effects)
    {
        log.AddRange(effects);
        return [.. effects.OfType<HandshakeEffect.SendFrame>().Select(send => send.Frame)];
    }
}
