using System.Net;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Channel;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>Joining further streams to the link: the side that dialled the link dials them, whichever side wants them.</summary>
internal sealed partial class PeerActor
{
    /// <param name="IsLate">it was not there in time, and is not tried again: whoever wanted it asks again</param>
    /// <param name="IsBeside">by QUIC, where the link is not</param>
    private sealed record StreamJoined(LinkId Link, StreamOutcome Outcome, bool Dialled, int Try, bool IsLate = false, bool IsBeside = false) : INoSerializationVerificationNeeded;

    private sealed record RetryStream(LinkId Link, TransferId Transfer, int Try);

    // The other side may not have taken note of a session yet when its first join arrives.
    private const int StreamTries = 4;
    private static readonly TimeSpan StreamRetryPause = TimeSpan.FromMilliseconds(250);

    // A line by QUIC that has all the streams that it may have lets a further one wait, and says nothing; so does an address that
    // leads nowhere any more, and a peer that joins a stream and does not say what it is for.
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(10);

    private void OnOpenStreams(PeerCommands.OpenStreams command)
    {
        if (command.Link != _link?.Id)
            return;
        var count = Math.Min(command.Count, LinkStreams.MostAtOnce);
        if (_link.Session.Role == HandshakeRole.Initiator)
            DialStreams(command.Transfer, count, command.Carrier);
        else
            _link.Send(new Control
            {
                StreamsWanted = new StreamsWanted
                {
                    TransferId = Google.Protobuf.ByteString.CopyFrom(command.Transfer.ToBytes()),
                    Count = (uint)count,
                    Carrier = command.Carrier == Carrier.Quic ? StreamCarrier.Quic : StreamCarrier.Tcp,
                },
            });
    }

    private void DialStreams(TransferId transfer, int count, Carrier carrier)
    {
        for (var i = 0; i < count && _link is { } link; i++)
        {
            var isBeside = carrier == Carrier.Quic && link.Carrier != Carrier.Quic;
            if (isBeside && (_context.Transport.Quic is null || link.QuicRemote is null))
                return;
            // Who wanted it asks again.
            if (!link.Streams.TryBegin(transfer))
                return;
            if (isBeside)
                DialByQuic(link, transfer);
            else
                DialStream(transfer, 1);
        }
    }

    // Once: whoever wanted it has the streams it had, and asks again if it still wants to.
    private void DialByQuic(Link link, TransferId transfer) => Dial(link, link.QuicRemote!, transfer, StreamTries, _context.Transport.Quic);

    private void DialStream(TransferId transfer, int tries) => Dial(_link!, _link!.Remote, transfer, tries, by: null);

    private void Dial(Link link, IPEndPoint remote, TransferId transfer, int tries, ITransport? by)
    {
        if (link.TakeStreamId() is not { } id)
        {
            EndLink(LinkEnd.ClosedHere, "It has used up its streams; a new one has others.");
            return;
        }
        InTimeAsync(link, cancellation => _streams.DialAsync(remote, link.Session, id, transfer, cancellation, by), (outcome, isLate) =>
            new StreamJoined(link.Id, outcome, Dialled: true, tries, isLate, IsBeside: by is not null)).PipeTo(Self);
    }

    private async Task<StreamJoined> InTimeAsync(Link link, Func<CancellationToken, Task<StreamOutcome>> join, Func<StreamOutcome, bool, StreamJoined> joined)
    {
        using var late = new CancellationTokenSource(JoinPatience, _context.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, link.Stopping);
        var outcome = await join(ended.Token).ConfigureAwait(false);
        return joined(outcome, late.IsCancellationRequested);
    }

    private static void OnQuicOffer(Link link, QuicOffer offer)
    {
        if (offer.Port is > 0 and <= IPEndPoint.MaxPort)
            link.QuicRemote = new IPEndPoint(link.Remote.Address, (int)offer.Port);
    }

    private void OnJoinRequested(PeerSignals.JoinRequested request)
    {
        if (_link is not { } link || !link.Session.Id.ToBytes().AsSpan().SequenceEqual(request.Join.SessionId.Span))
        {
            request.Connection.Dispose();
            return;
        }
        if (!link.Streams.TryBegin(transfer: null))
        {
            _log.Warning("A stream that wanted to join the link with {0} was refused: it has {1} already", _device, LinkStreams.Most);
            request.Connection.Dispose();
            return;
        }
        InTimeAsync(link, cancellation => _streams.AnswerAsync(request.Connection, link.Session, request.Join, cancellation), (outcome, _) =>
            new StreamJoined(link.Id, outcome, Dialled: false, StreamTries)).PipeTo(Self);
    }

    private void OnStreamJoined(StreamJoined joined)
    {
        var outcome = joined.Outcome;
        if (_link is not { } link || link.Id != joined.Link)
        {
            outcome.Stream?.Dispose();
            return;
        }
        if (outcome.Stream is null && joined is { Dialled: true, IsLate: false, IsBeside: false, Try: < StreamTries })
        {
            // Its place among the link's streams stays taken meanwhile.
            Timers.StartSingleTimer(outcome, new RetryStream(link.Id, outcome.Transfer, joined.Try + 1), StreamRetryPause);
            return;
        }
        link.Streams.Joined(joined.Dialled ? outcome.Transfer : null, outcome.Transfer, outcome.Stream);
        if (outcome.Stream is { } stream)
        {
            // Where nobody serves transfers, as while that is made anew, it is nobody's; its sender asks for another.
            if (!_context.Events.Publish(new PeerEvents.StreamOpened(_device, link.Id, outcome.Transfer, outcome.StreamId, stream)))
                _ = Goodbye.EndAsync(stream, Context.System.Scheduler);
        }
        else if (!joined.Dialled)
        {
            _log.Warning("A stream that wanted to join the link with {0} was refused: {1}", _device, outcome.Problem);
        }
        else if (link.Streams.IsEmpty && !joined.IsBeside)
        {
            // A firewall may let by what is open and nothing new: another link may lead elsewhere, and that none does is told.
            EndLink(LinkEnd.ClosedHere, $"No stream could be opened: {outcome.Problem}");
        }
        else
        {
            // The link lacks a stream and no more: whether it is dead, its own signs of life tell.
            _log.Info("A stream to {0} could not be opened; who wanted it asks again: {1}", _device, outcome.Problem);
        }
    }
}
