using System.Net;
using Google.Protobuf;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>A further stream, joined and said which transfer it serves. Null and a reason where that failed.</summary>
internal sealed record StreamOutcome(uint StreamId, TransferId Transfer, SecureStream? Stream, string Problem);

/// <summary>The shell of <see cref="StreamJoin"/>: dials or answers a join over a connection. Never throws.</summary>
internal sealed class StreamRunner(DeviceContext context)
{
    /// <param name="transport">by what; null: as links are dialled</param>
    internal async Task<StreamOutcome> DialAsync(
        IPEndPoint remote, Session session, uint streamId, TransferId transfer, CancellationToken cancellation, ITransport? transport = null)
    {
        ITransportConnection? connection = null;
        try
        {
            connection = await (transport ?? context.Transport).ConnectFurtherAsync(remote, cancellation).ConfigureAwait(false);
            var join = StreamJoin.Request(session, streamId, context.Random, connection.Binding.Span);
            await HandshakeFrames.WriteAsync(connection, new Opening { Join = join }.ToByteArray(), cancellation).ConfigureAwait(false);
            var answer = await HandshakeFrames.ReadAsync(connection, Limits.OpeningFrame, cancellation).ConfigureAwait(false);
            var stream = new SecureStream(connection, StreamJoin.Complete(session, join, Messages.Parse(JoinAnswer.Parser, answer, "join answer"), connection.Binding.Span));
            var open = new StreamOpen { TransferId = ByteString.CopyFrom(transfer.ToBytes()) };
            await stream.SendAsync(new Control { StreamOpen = open }, cancellation).ConfigureAwait(false);
            return new StreamOutcome(streamId, transfer, stream, "");
        }
        catch (Exception error) when (error is TransportException or ProtocolException)
        {
            connection?.Dispose();
            return new StreamOutcome(streamId, transfer, null, error.Message);
        }
    }

    internal async Task<StreamOutcome> AnswerAsync(ITransportConnection connection, Session session, Join join, CancellationToken cancellation)
    {
        try
        {
            var (answer, channel) = StreamJoin.Accept(session, join, context.Random, connection.Binding.Span);
            await HandshakeFrames.WriteAsync(connection, answer.ToByteArray(), cancellation).ConfigureAwait(false);
            var stream = new SecureStream(connection, channel);
            if (await stream.ReceiveAsync(cancellation).ConfigureAwait(false) is not Inbound.Message { Control.StreamOpen: { } open })
                throw new ProtocolException("A joined stream did not say what it is for.");
            connection.MarkProven();
            return new StreamOutcome(join.StreamId, TransferId.FromBytes(open.TransferId.Span), stream, "");
        }
        catch (Exception error) when (error is TransportException or ProtocolException)
        {
            connection.Dispose();
            return new StreamOutcome(join.StreamId, default, null, error.Message);
        }
    }
}
