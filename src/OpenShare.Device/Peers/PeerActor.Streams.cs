using System.Net;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>Joining further streams to the link: the side that dialled the link dials them, whichever side wants them.</summary>
internal sealed partial class PeerActor
{
    /// <param name="MayFail">the link is none the worse without it, and whoever wanted it asks again</param>
    private sealed record StreamJoined(LinkId Link, StreamOutcome Outcome, bool Dialled, int Try, bool MayFail = false) : INoSerializationVerificationNeeded;

    private sealed record RetryStream(LinkId Link, TransferId Transfer, int Try);

    // The other side may not have taken note of a session yet when its first join arrives.
    private const int StreamTries = 4;
    private static readonly TimeSpan StreamRetryPause = TimeSpan.FromMilliseconds(250);

    // A line by QUIC that has all the streams that it may have lets a further one wait, and says nothing.
    private static readonly TimeSpan QuicPatience = TimeSpan.FromSeconds(10);

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
        for (var i = 0; i < count; i++)
        {
            if (carrier == Carrier.Tcp || _link!.Carrier == Carrier.Quic)
                DialStream(transfer, 1);
            else
                DialByQuic(transfer);
        }
    }

    // Once: whoever wanted it has the streams it had, and asks again if it still wants to.
    private void DialByQuic(TransferId transfer)
    {
        var link = _link!;
        if (_context.Transport.Quic is not { } quic || link.QuicRemote is not { } remote)
            return;
        DialInTimeAsync(link, remote, transfer, StreamTries, quic).PipeTo(Self);
    }

    private async Task<StreamJoined> DialInTimeAsync(Link link, IPEndPoint remote, TransferId transfer, int tries, ITransport? by)
    {
        using var late = new CancellationTokenSource(QuicPatience, _context.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, link.Stopping);
        var outcome = await _streams.DialAsync(remote, link.Session, link.TakeStreamId(), transfer, ended.Token, by).ConfigureAwait(false);
        return new StreamJoined(link.Id, outcome, Dialled: true, tries, MayFail: by is not null || late.IsCancellationRequested);
    }

    private static void OnQuicOffer(Link link, QuicOffer offer)
    {
        if (offer.Port is > 0 and <= IPEndPoint.MaxPort)
            link.QuicRemote = new IPEndPoint(link.Remote.Address, (int)offer.Port);
    }

    private void DialStream(TransferId transfer, int tries)
    {
        var link = _link!;
        if (link.Carrier == Carrier.Quic)
        {
            DialInTimeAsync(link, link.Remote, transfer, tries, by: null).PipeTo(Self);
            return;
        }
        _streams.DialAsync(link.Remote, link.Session, link.TakeStreamId(), transfer, link.Stopping)
            .PipeTo(Self, success: outcome => new StreamJoined(link.Id, outcome, Dialled: true, tries));
    }

    private void OnJoinRequested(PeerSignals.JoinRequested request)
    {
        if (_link is not { } link || !link.Session.Id.ToBytes().AsSpan().SequenceEqual(request.Join.SessionId.Span))
        {
            request.Connection.Dispose();
            return;
        }
        _streams.AnswerAsync(request.Connection, link.Session, request.Join, link.Stopping)
            .PipeTo(Self, success: outcome => new StreamJoined(link.Id, outcome, Dialled: false, StreamTries));
    }

    private void OnStreamJoined(StreamJoined joined)
    {
        var (outcome, link) = (joined.Outcome, _link);
        if (outcome.Stream is { } stream)
        {
            if (link?.Id != joined.Link)
            {
                stream.Dispose();
                return;
            }
            link.Streams.Add(stream);
            _context.Events.Publish(new PeerEvents.StreamOpened(_device, link.Id, outcome.Transfer, outcome.StreamId, stream));
        }
        else if (!joined.Dialled)
        {
            _log.Warning("A stream that wanted to join the link with {0} was refused: {1}", _device, outcome.Problem);
        }
        else if (joined.MayFail)
        {
            _log.Info("A stream to {0} could not be opened by QUIC: {1}", _device, outcome.Problem);
        }
        else if (link?.Id == joined.Link)
        {
            if (joined.Try < StreamTries)
                Timers.StartSingleTimer(outcome, new RetryStream(link.Id, outcome.Transfer, joined.Try + 1), StreamRetryPause);
            else
                EndLink(LinkEnd.ClosedHere, $"No further stream could be opened: {outcome.Problem}");
        }
    }
}
