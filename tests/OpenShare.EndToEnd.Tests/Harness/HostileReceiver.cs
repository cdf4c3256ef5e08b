using System.Net;
using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Device.Channel;
using OpenShare.Device.Peers;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>Answers whoever dials it, takes no byte of what is sent, and gives a receipt of its own making.</summary>
internal sealed class HostileReceiver : IDisposable
{
    private readonly HostilePeer _self;
    private readonly Func<ReceiptPayload, FinalReceipt> _receipt;
    private readonly ITransportListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ITransportConnection> _connections = [];

    private HostileReceiver(HostilePeer self, Func<ReceiptPayload, FinalReceipt> receipt)
    {
        (_self, _receipt) = (self, receipt);
        _listener = self.Context.Transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
    }

    /// <summary>HOST:PORT, as a person types it.</summary>
    public string Address => _listener.LocalEndPoint.ToString();

    /// <param name="receipt">makes the receipt that is given, of the one that an honest device would give</param>
    public static HostileReceiver Listen(HostilePeer self, Func<ReceiptPayload, FinalReceipt>? receipt = null)
    {
        var receiver = new HostileReceiver(self, receipt ?? self.Sign);
        _ = receiver.AcceptAsync();
        return receiver;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _connections.ForEach(c => c.Dispose());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptAsync(_stop.Token);
                _connections.Add(connection);
                _ = AnswerAsync(connection);
            }
        }
        catch (TransportException)
        {
            // Disposed.
        }
    }

    private async Task AnswerAsync(ITransportConnection connection)
    {
        try
        {
            var opening = await HandshakeFrames.ReadAsync(connection, Limits.OpeningFrame, _stop.Token);
            // A stream that wants to join waits: nothing is taken.
            if (Opening.Parser.ParseFrom(opening).KindCase != Opening.KindOneofCase.Hello
                || await new HandshakeRunner(_self.Context, _self.Party).AnswerAsync(connection, opening, _stop.Token) is not HandshakeOutcome.Open open)
                return;
            while (await open.Control.ReceiveAsync(_stop.Token) is Inbound.Message { Control: var message })
            {
                if (message.ManifestOffer is { } offer && ManifestPagePayload.Parser.ParseFrom(offer.Page.Payload) is { Totals: not null } page)
                    await open.Control.SendAsync(Delivery(offer, page), _stop.Token);
            }
        }
        catch (TransportException)
        {
            // The victim has had enough.
        }
    }

    private Control Delivery(ManifestOffer offer, ManifestPagePayload page)
    {
        var honest = new ReceiptPayload
        {
            Version = 1,
            ManifestId = page.ManifestId,
            FinalPageSha256 = ByteString.CopyFrom(SHA256.HashData(offer.Page.Payload.Span)),
            Sender = page.Sender,
            Receiver = page.Receiver,
            CompletedAt = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            Outcomes = { new EntryOutcome { EntryNo = 0, Count = page.Totals.Entries, Outcome = EntryOutcome.Types.Outcome.Delivered } },
        };
        return new Control { Receipt = new ReceiptDelivery { TransferId = offer.TransferId, Receipt = _receipt(honest) } };
    }
}

internal static class Receipts
{
    /// <summary>Signs a receipt as an honest device does.</summary>
    public static FinalReceipt Sign(this HostilePeer self, ReceiptPayload payload) => self.Sign(payload, self.Party.Key);

    public static FinalReceipt Sign(this HostilePeer self, ReceiptPayload payload, ISigner key) => new()
    {
        Receipt = SignedBlobs.Sign(key, SignatureContext.Receipt, payload),
        Certificate = self.Party.Certificate.Blob,
    };
}
